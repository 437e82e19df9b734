/// An encoding of text in units of two bytes, by its name in iconv.
public enum WideEncoding: String, Equatable, Sendable {
    /// A byte order mark tells which byte comes first.
    case marked = "UTF-16"
    /// Without a mark, the low byte first.
    case littleEndian = "UTF-16LE"
    /// Without a mark, the high byte first.
    case bigEndian = "UTF-16BE"

    /// The encoding of a text; nil if its units are bytes. Without a mark, the first characters decide, which are ASCII
    /// in every config file.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 2 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0xFF, 0xFE), (0xFE, 0xFF): self = .marked
        case (1..., 0): self = .littleEndian
        case (0, 1...): self = .bigEndian
        default: return nil
        }
    }
}
