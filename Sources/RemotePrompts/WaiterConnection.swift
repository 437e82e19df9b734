import Glibc
import Linux
import Secrets

/// A connection to a process that waits, as whoever looks has it. Used on one thread; nothing here blocks.
public final class WaiterConnection {
    /// What the process said.
    public enum Event: Equatable, Sendable {
        /// It waits for an answer to `request`.
        case asked
        /// It has the answer that was given here, and tries it.
        case taken
        /// The answer that was given here is of no use; `request` says why, and that another one is wanted.
        case rejected
        /// It wants no answer any more: another place has given one, or it gave up.
        case withdrawn
        /// What came of it; text for people, to be escaped.
        case concluded(String, succeeded: Bool)
        /// The connection was closed, with the process or because there were too many; nothing comes after this.
        case gone(crowded: Bool)
    }

    let name: SocketName
    private let socket: UnixSocket
    private var buffer = LineBuffer()
    private var process: Int32?
    private var isCrowded = false
    private var hasEnded = false

    /// What it waits for an answer to; nil where it does not at present.
    public private(set) var request: PendingRequest? {
        didSet { if let request { lastRequest = request } }
    }
    /// What it waited for an answer to last; nil where it has asked nothing yet.
    public private(set) var lastRequest: PendingRequest?

    /// It has said what it is and what it wants, or is gone.
    var isKnown: Bool { request != nil || hasEnded }

    /// Takes over a connection; nil where the other end is not `user`.
    init?(_ socket: consuming UnixSocket, _ name: SocketName, user: UInt32) {
        guard socket.peerUser == user else { return nil }
        self.socket = socket
        self.name = name
    }

    /// What to wait for.
    public var descriptor: Int32 { socket.number }

    /// Answers the present enquiry.
    ///
    /// - Returns: false where that is of no use any more, or the code cannot be one.
    public func answer(_ answer: consuming RemoteAnswer) -> Bool {
        guard let request, let line = answer.line(for: request.number) else { return false }
        return line.withUnsafeBytes { socket.send($0) }
    }

    /// Takes what the process said.
    func listen() -> [Event] {
        guard !hasEnded else { return [] }
        let filling = buffer.fill(from: socket)
        var events: [Event] = []
        while let line = buffer.next() {
            let text = line.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            // A later version may say what this one does not know, once it has said hello in this one.
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
