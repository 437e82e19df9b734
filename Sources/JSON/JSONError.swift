/// Why a text is not a JSON object that warder accepts, or lacks a value. Offsets count bytes from 0.
public enum JSONError: Error, Equatable, Sendable {
    /// Nothing but white space.
    case empty
    /// More than 256 KiB.
    case tooLarge
    /// Not UTF-8.
    case notUTF8
    /// Invalid JSON at this byte (RFC 8259); a byte order mark is invalid too.
    case malformed(offset: Int)
    /// An unpaired surrogate before this byte, which encodes no character.
    case loneSurrogate(offset: Int)
    /// Arrays and objects nested deeper than `JSONObject.depthLimit`.
    case tooDeep(offset: Int)
    /// JSON, but not an object.
    case notAnObject
    /// The member's value has another type than requested, or is a number that is not whole or exceeds 64 bits.
    case wrongType(key: String)
}
