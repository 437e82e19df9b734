import Linux
import Secrets

/// The bytes of a connection that are not read as lines yet.
struct LineBuffer: ~Copyable {
    private var bytes = SecretBytes(capacity: LineBuilder.limit)

    /// What came of looking for more.
    enum Filling: Equatable {
        case open
        /// The other end is gone; lines that it sent before may be there.
        case ended
        /// A line without an end is longer than the limit.
        case tooLong
    }

    /// Nothing is in it.
    var isEmpty: Bool { bytes.isEmpty }

    /// A whole line is in it.
    var hasLine: Bool { lineEnd != nil }

    /// Takes what came.
    mutating func fill(from socket: borrowing UnixSocket) -> Filling {
        let receipt = socket.receive(into: &bytes, limit: LineBuilder.limit)
        if receipt == .end { return .ended }
        return bytes.count == LineBuilder.limit && !hasLine ? .tooLong : .open
    }

    /// Takes the next line, without its end.
    mutating func next() -> SecretBytes? {
        guard let end = lineEnd else { return nil }
        let line = bytes.copy(0..<end)
        let rest = bytes.copy(end + 1..<bytes.count)
        bytes.truncate(to: 0)
        bytes.append(rest)
        return line
    }

    /// Throws away what is in it.
    mutating func clear() { bytes.truncate(to: 0) }

    private var lineEnd: Int? {
        bytes.withUnsafeBytes { $0.firstIndex(of: UInt8(ascii: "\n")) }
    }
}
