import Glibc
import Linux
import Secrets

/// A watcher's connection to a waiting process. Used on one thread; nothing here blocks.
public final class WaiterConnection {
    /// What the process reported.
    public enum Event: Equatable, Sendable {
        /// It needs an answer to `request`.
        case asked
        /// It has the answer that was given here, and is trying it.
        case taken
        /// It rejected the answer that was given here and needs another one; `request` holds the reason.
        case rejected
        /// It needs no answer any more: another channel supplied one, or it gave up.
        case withdrawn
        /// The outcome; text for people, to be escaped.
        case concluded(String, succeeded: Bool)
        /// The connection was closed, as the process ended or had too many; no event follows this one.
        case gone(crowded: Bool)
    }

    let name: SocketName
    private let socket: UnixSocket
    private var buffer = LineBuffer()
    private var process: Int32?
    private var isCrowded = false
    private var hasEnded = false

    /// The request that needs an answer; nil if none does at present.
    public private(set) var request: PendingRequest? {
        didSet { if let request { lastRequest = request } }
    }
    /// The last request; nil if there was none yet.
    public private(set) var lastRequest: PendingRequest?

    /// Whether it has described itself and its request, or is gone.
    var isKnown: Bool { request != nil || hasEnded }

    /// Takes ownership of a connection; nil if the other end is not `user`.
    init?(_ socket: consuming UnixSocket, _ name: SocketName, user: UInt32) {
        guard socket.peerUser == user else { return nil }
        self.socket = socket
        self.name = name
    }

    /// The descriptor to poll.
    public var descriptor: Int32 { socket.number }

    /// Answers the present request.
    ///
    /// - Returns: false if no request is open any more, or the code cannot be one.
    public func answer(_ answer: consuming RemoteAnswer) -> Bool {
        guard let request, let line = answer.line(for: request.number) else { return false }
        return line.withUnsafeBytes { socket.send($0) }
    }

    /// Reads what the process has sent.
    func listen() -> [Event] {
        guard !hasEnded else { return [] }
        let filling = buffer.fill(from: socket)
        var events: [Event] = []
        while let line = buffer.next() {
            let text = line.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            // After a greeting in this version, a later version may send messages that this one does not know.
            guard let message = Message(text[...]) else {
                if process == nil { return events + [end()] }
                continue
            }
            if let event = take(message) { events.append(event) }
        }
        return filling == .open ? events : events + [end()]
    }

    private func end() -> Event {
        hasEnded = true
        request = nil
        return .gone(crowded: isCrowded)
    }

    private func take(_ message: Message) -> Event? {
        switch message {
        case .greeting(let process):
            self.process = process
            return nil
        case .asked(let number, let content):
            guard let process else { return nil }
            request = PendingRequest(number, of: process, content)
            return .asked
        case .taken(let number):
            guard request?.number == number else { return nil }
            request = nil
            return .taken
        case .rejected(let number, let note, let moment):
            guard request?.number == number else { return nil }
            request?.note = note
            request?.notBefore = moment
            return .rejected
        case .withdrawn(let number):
            guard request?.number == number else { return nil }
            request = nil
            return .withdrawn
        case .concluded(let text, let succeeded):
            request = nil
            return .concluded(text, succeeded: succeeded)
        case .busy:
            isCrowded = true
            return nil
        }
    }
}
