/// Why a text is no JSON object that warder reads, or lacks what it should hold. Offsets count bytes from 0.
public enum JSONError: Error, Equatable, Sendable {
    /// Nothing but white space.
    case empty
    /// More than 256 KiB.
    case tooLarge
    /// Not UTF-8.
    case notUTF8
    /// Not JSON from this byte on (RFC 8259); a byte order mark is none either.
    case malformed(offset: Int)
    /// Half of a surrogate pair before this byte, which stands for no character.
    case loneSurrogate(offset: Int)
    /// Arrays and objects nested deeper than `JSONObject.depthLimit`.
    case tooDeep(offset: Int)
    /// JSON, but not an object.
    case notAnObject
    /// The value of this member is of another type than asked for, or a number that is not whole or over 64 bits.
    case wrongType(key: String)
}
