import Glibc
import Linux
import Secrets

/// One connection: a request comes in, waits for credentials if need be, is answered, and the other end hangs up.
final class Connection {
    /// Bytes of a request's head at most.
    static let headLimit = 8 * 1024
    /// Milliseconds for the request to come in whole, for the credentials, and for the answer to be taken.
    static let limits: [Stage: Int64] = [.reading: 5_000, .waiting: 30_000, .writing: 5_000, .parting: 1_000]

    /// Milliseconds for the request to come in while others have no room.
    static let crowdedLimit: Int64 = 1_000

    enum Stage { case reading, waiting, writing, parting }

    let socket: Descriptor
    let peerPort: UInt16
    /// Whose it is; set where it is accepted.
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

    /// What to poll for. One that waits is only watched for the other end's going.
    var events: Int16 {
        switch stage {
        case .reading, .parting: Int16(POLLIN)
        case .waiting: 0
        case .writing: Int16(POLLOUT)
        }
    }

    /// The time for this stage is over.
    var isLate: Bool { deadline.hasPassed }

    /// It has had enough time to ask for something, and has not.
    var isIdle: Bool { stage == .reading && crowdedDeadline.hasPassed }

    /// What became of a connection.
    enum Progress { case none, request, tooLarge, gone }

    /// Does what can be done without waiting.
    func proceed() -> Progress {
        switch stage {
        case .reading: return receive()
        case .waiting: return .gone
        case .writing: return send()
        case .parting: return discard()
        }
    }

    /// The request is good; it waits for credentials.
    func wait() { enter(.waiting) }

    /// Answers; what does not go out at once goes as the other end takes it.
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

    /// The head's empty line is there; where more stands behind it, that is found later.
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

    /// Waits for the other end to hang up: closed with something unread, the connection would be reset, and the answer
    /// lost with it.
    private func discard() -> Progress {
        var rest = SecretBytes(zeros: 4096)
        let count = rest.withUnsafeMutableBytes { recv(socket.number, $0.baseAddress, $0.count, 0) }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .none : .gone }
        return count == 0 ? .gone : .none
    }
}
