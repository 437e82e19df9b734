extension SecretBytes {
    /// A JSON string (RFC 8259 section 7) of bytes that are UTF-8 without control characters.
    public mutating func appendJSONQuoted(_ value: borrowing SecretBytes) {
        value.withUnsafeBytes { appendJSONQuoted($0) }
    }

    /// A JSON string of text that is no secret.
    public mutating func appendJSONQuoted(_ value: String) {
        var value = value
        value.withUTF8 { appendJSONQuoted(UnsafeRawBufferPointer($0)) }
    }

    private mutating func appendJSONQuoted(_ value: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                append(byte < 0x10 ? "\\u000" : "\\u00")
                append(String(byte, radix: 16))
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
