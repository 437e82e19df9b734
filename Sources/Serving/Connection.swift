import Glibc
import Linux
import Secrets

/// One connection: a request arrives, waits for credentials if need be, is answered, and the client hangs up.
final class Connection {
    /// The most bytes of a request's head.
    static let headLimit = 8 * 1024
    /// Milliseconds for the request to arrive, for the credentials, and for the client to read the answer and hang up.
    static let limits: [Stage: Int64] = [.reading: 5_000, .waiting: 30_000, .writing: 5_000, .parting: 1_000]

    /// Milliseconds for the request to arrive while other clients lack room.
    static let crowdedLimit: Int64 = 1_000

    enum Stage { case reading, waiting, writing, parting }

    let socket: Descriptor
    let peerPort: UInt16
    /// The client's user; set when the connection is accepted.
    var owner = PeerOwner.nobody
    private(set) var stage = Stage.reading
    private(set) var head = SecretBytes(capacity: 4096)
    private var reply = SecretBytes(capacity: 0)
    private var sent = 0
    private var deadline = Deadline.after(milliseconds: 5_000)
    private let crowdedDeadline = Deadline.after(milliseconds: Connection.crowdedLimit)

    init(_ socket: consuming Descriptor, peerPort: UInt16) {
        self.socket = socket
        self.peerPort = peerPort
    }

    /// The events to poll for. While a request waits, the only one is the client's hang-up.
    var events: Int16 {
        switch stage {
        case .reading, .parting: Int16(POLLIN)
        case .waiting: 0
        case .writing: Int16(POLLOUT)
        }
    }

    /// The time for this stage is up.
    var isLate: Bool { deadline.hasPassed }

    /// The client has had enough time to send a request, and has not.
    var isIdle: Bool { stage == .reading && crowdedDeadline.hasPassed }

    /// The result of handling a connection once.
    enum Progress { case none, request, tooLarge, gone }

    /// Does what is possible without blocking.
    func proceed() -> Progress {
        switch stage {
        case .reading: return receive()
        case .waiting: return .gone
        case .writing: return send()
        case .parting: return discard()
        }
    }

    /// The request is accepted, and waits for credentials.
    func wait() { enter(.waiting) }

    /// Sends the answer; what the socket does not take at once follows when the client reads.
    func answer(_ reply: consuming SecretBytes) {
        self.reply = reply
        head.truncate(to: 0)
        enter(.writing)
    }

    private func enter(_ stage: Stage) {
        self.stage = stage
        deadline = .after(milliseconds: Self.limits[stage] ?? 0)
    }

    private func receive() -> Progress {
        let used = head.count
        head.extend(to: min(used + 2048, Self.headLimit + 1))
        let count = head.withUnsafeMutableBytes { bytes in
            recv(socket.number, bytes.baseAddress.map { $0 + used }, bytes.count - used, 0)
        }
        let code = errno
        head.truncate(to: used + max(0, count))
        if count < 0 { return code == EAGAIN || code == EINTR ? .none : .gone }
        if count == 0 { return .gone }
        if hasEnded(from: max(0, used - 3)) { return .request }
        return head.count > Self.headLimit ? .tooLarge : .none
    }

    /// Whether the head's empty line has arrived; data after that line is rejected later.
    private func hasEnded(from start: Int) -> Bool {
        head.withUnsafeBytes { head in
            for index in start..<max(start, head.count - 3)
            where head[index] == 13 && head[index + 1] == 10 && head[index + 2] == 13 && head[index + 3] == 10 {
                return true
            }
            return false
        }
    }

    private func send() -> Progress {
        let count = reply.withUnsafeBytes { reply in
            Glibc.send(socket.number, reply.baseAddress.map { $0 + sent }, reply.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .none : .gone }
        sent += count
        if sent == reply.count {
            reply.truncate(to: 0)
            shutdown(socket.number, Int32(SHUT_WR))
            enter(.parting)
        }
        return .none
    }

    /// Waits for the client to hang up: closing a connection with unread data resets it, and the client loses the
    /// answer.
    private func discard() -> Progress {
        var rest = SecretBytes(zeros: 4096)
        let count = rest.withUnsafeMutableBytes { recv(socket.number, $0.baseAddress, $0.count, 0) }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .none : .gone }
        return count == 0 ? .gone : .none
    }
}
