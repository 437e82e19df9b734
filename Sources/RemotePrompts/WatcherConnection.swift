import Linux
import Secrets

/// Somebody who looks at what is asked, and may answer: one connection, as the process that waits has it.
final class WatcherConnection {
    /// Milliseconds for a line to come whole.
    static let timeout: Int64 = 10_000

    private let socket: UnixSocket
    private var buffer = LineBuffer()
    /// Since when there is half a line.
    private var halfSince: Deadline?

    /// Nil for another user, who is not let in.
    init?(_ socket: consuming UnixSocket, user: UInt32) {
        guard socket.peerUser == user else { return nil }
        self.socket = socket
    }

    var descriptor: Int32 { socket.number }

    /// When half a line has taken too long.
    var deadline: Deadline? { halfSince.map { Deadline(milliseconds: $0.milliseconds + Self.timeout) } }

    /// A whole line is there.
    var hasLine: Bool { buffer.hasLine }

    /// Says a line; false where it does not get through, and the connection is of no use any more.
    func say(_ message: Message) -> Bool {
        var text = message.text + "\n"
        return text.withUTF8 { socket.send(UnsafeRawBufferPointer($0)) }
    }

    /// Takes what came; false where the connection is of no use any more.
    func listen() -> Bool {
        let filling = buffer.fill(from: socket)
        let isHalf = !buffer.isEmpty && !buffer.hasLine
        halfSince = isHalf ? halfSince ?? .now : nil
        switch filling {
        case .open: return deadline?.hasPassed != true
        // Who leaves at once after an answer has answered all the same.
        case .ended: return buffer.hasLine
        case .tooLong: return false
        }
    }

    /// The next whole line.
    func next() -> SecretBytes? { buffer.next() }
}
