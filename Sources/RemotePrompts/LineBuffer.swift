import Linux
import Secrets

/// The bytes from a connection that have not been read as lines yet.
struct LineBuffer: ~Copyable {
    private var bytes = SecretBytes(capacity: LineBuilder.limit)

    /// The result of reading more.
    enum Filling: Equatable {
        case open
        /// The other end is closed; lines that it sent before may still be in the buffer.
        case ended
        /// An unfinished line exceeds the limit.
        case tooLong
    }

    /// Whether it is empty.
    var isEmpty: Bool { bytes.isEmpty }

    /// Whether it holds a whole line.
    var hasLine: Bool { lineEnd != nil }

    /// Reads what has arrived.
    mutating func fill(from socket: borrowing UnixSocket) -> Filling {
        let receipt = socket.receive(into: &bytes, limit: LineBuilder.limit)
        if receipt == .end { return .ended }
        return bytes.count == LineBuilder.limit && !hasLine ? .tooLong : .open
    }

    /// Removes and returns the next line, without its end.
    mutating func next() -> SecretBytes? {
        guard let end = lineEnd else { return nil }
        let line = bytes.copy(0..<end)
        let rest = bytes.copy(end + 1..<bytes.count)
        bytes.truncate(to: 0)
        bytes.append(rest)
        return line
    }

    /// Discards the content.
    mutating func clear() { bytes.truncate(to: 0) }

    private var lineEnd: Int? {
        bytes.withUnsafeBytes { $0.firstIndex(of: UInt8(ascii: "\n")) }
    }
}
