import Secrets

/// Letters, digits and `_@%+=:,./-`: what no shell gives a meaning to inside a word.
private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "%"),
        UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: "-"):
        true
    default: false
    }
}

extension SecretBytes {
    /// A backslash before each ASCII byte that could mean something.
    ///
    /// Backslashes, not quotes: an unquoted `eval $(…)` splits words before `eval` joins them again, so two spaces
    /// inside quotes would become one, while `\ \ ` keeps both. Bytes of multi-byte characters mean nothing to a shell
    /// and stay as they are; a backslash inside one would break it.
    mutating func appendPOSIXQuoted(_ value: borrowing SecretBytes) {
        for index in 0..<value.count {
            if value[index] < 0x80 && !isPlain(value[index]) { append(UInt8(ascii: "\\")) }
            append(value[index])
        }
    }

    /// Single quotes, in which fish reads only `\'` and `\\`.
    mutating func appendFishQuoted(_ value: borrowing SecretBytes) {
        append(UInt8(ascii: "'"))
        for index in 0..<value.count {
            if value[index] == UInt8(ascii: "'") || value[index] == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
            append(value[index])
        }
        append(UInt8(ascii: "'"))
    }

    /// As it is where nothing needs quoting, which is what `docker --env-file` wants; else in double quotes.
    mutating func appendDotenvQuoted(_ value: borrowing SecretBytes) {
        var plain = true
        for index in 0..<value.count where !isPlain(value[index]) { plain = false }
        if plain { return append(value) }
        append(UInt8(ascii: "\""))
        for index in 0..<value.count {
            switch value[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
                append(UInt8(ascii: "\\"))
            default: break
            }
            append(value[index])
        }
        append(UInt8(ascii: "\""))
    }

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
