import Linux
import Secrets

/// A waiting process's connection to a watcher, which may answer.
final class WatcherConnection {
    /// Milliseconds for a line to arrive completely.
    static let timeout: Int64 = 10_000

    private let socket: UnixSocket
    private var buffer = LineBuffer()
    /// Since when a line has been incomplete.
    private var halfSince: Deadline?

    /// Nil for another user, whose connection is refused.
    init?(_ socket: consuming UnixSocket, user: UInt32) {
        guard socket.peerUser == user else { return nil }
        self.socket = socket
    }

    var descriptor: Int32 { socket.number }

    /// When an incomplete line times out.
    var deadline: Deadline? { halfSince.map { Deadline(milliseconds: $0.milliseconds + Self.timeout) } }

    /// Whether a whole line has arrived.
    var hasLine: Bool { buffer.hasLine }

    /// Sends a line; false if that fails, and the connection is useless.
    func say(_ message: Message) -> Bool {
        var text = message.text + "\n"
        return text.withUTF8 { socket.send(UnsafeRawBufferPointer($0)) }
    }

    /// Reads what has arrived; false if the connection is useless.
    func listen() -> Bool {
        let filling = buffer.fill(from: socket)
        let isHalf = !buffer.isEmpty && !buffer.hasLine
        halfSince = isHalf ? halfSince ?? .now : nil
        switch filling {
        case .open: return deadline?.hasPassed != true
        // A watcher that answers and leaves at once has still answered.
        case .ended: return buffer.hasLine
        case .tooLong: return false
        }
    }

    /// The next whole line.
    func next() -> SecretBytes? { buffer.next() }
}
