/// An encoding of text in units of two bytes, by the name that iconv has for it.
public enum WideEncoding: String, Equatable, Sendable {
    /// A byte order mark says which byte comes first.
    case marked = "UTF-16"
    /// Without a mark, the low byte first.
    case littleEndian = "UTF-16LE"
    /// Without a mark, the high byte first.
    case bigEndian = "UTF-16BE"

    /// What a text is in; nil for one in units of bytes. Without a mark it is told by its first characters, which stand
    /// in ASCII in every config.
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
