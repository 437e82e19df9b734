import Secrets

extension SecretBytes {
    /// Appends text in AWS's URI encoding: every character except the unreserved ones of RFC 3986 section 2.3 becomes
    /// `%XX`, with uppercase digits. A path keeps its slashes.
    public mutating func appendPercentEncoded(_ text: String, keepingSlashes: Bool = false) {
        for byte in text.utf8 { appendPercentEncoded(byte, keepingSlashes: keepingSlashes) }
    }

    /// Appends a secret in the same form.
    public mutating func appendPercentEncoded(_ secret: borrowing SecretBytes) {
        for index in 0..<secret.count { appendPercentEncoded(secret[index], keepingSlashes: false) }
    }

    private mutating func appendPercentEncoded(_ byte: UInt8, keepingSlashes: Bool) {
        if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
            append(byte)
        } else {
            append(UInt8(ascii: "%"))
            append(hexDigit(byte >> 4))
            append(hexDigit(byte & 15))
        }
    }
}

/// The same for text that is not secret.
package func percentEncoded(_ text: String, keepingSlashes: Bool = false) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
        if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
            encoded.append(byte)
        } else {
            encoded += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
        }
    }
    return String(decoding: encoded, as: UTF8.self)
}

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}

private func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
}
