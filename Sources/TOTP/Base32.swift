import Secrets

/// Base32 (RFC 4648 section 6) of secrets.
public enum Base32 {
    /// Decodes `text`.
    ///
    /// Accepts the forms that people type and apps show: either case, spaces, tabs and dashes anywhere, padding at the
    /// end or none. Detects truncated text where that is possible.
    ///
    /// - Throws: `.notBase32`, `.cutOff`.
    public static func decoded(_ text: borrowing SecretBytes) throws(TOTPError) -> SecretBytes {
        var bytes = SecretBytes(capacity: text.count * 5 / 8 + 1)
        var bits: UInt32 = 0
        var digits = 0
        var isPadded = false
        for index in 0..<text.count {
            switch text[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"): continue
            case UInt8(ascii: "="): isPadded = true
            case let character:
                guard !isPadded, let value = value(character) else { throw .notBase32 }
                bits = (bits << 5 | value) & 0xfff
                digits += 1
                // Each of these digits, out of eight, completes another byte.
                guard let left = leftBits(after: digits) else { continue }
                bytes.append(UInt8(truncatingIfNeeded: bits >> left))
            }
        }
        switch digits % 8 {
        case 0: return bytes
        case 2: try end(bits & 0x3)
        case 4: try end(bits & 0xf)
        case 5: try end(bits & 0x1)
        case 7: try end(bits & 0x7)
        default: throw .cutOff
        }
        return bytes
    }

    /// The base32 form of `bytes`, in uppercase, without padding.
    public static func encoded(_ bytes: borrowing SecretBytes) -> SecretBytes {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        var text = SecretBytes(capacity: (bytes.count * 8 + 4) / 5)
        var bits: UInt32 = 0
        var waiting: UInt32 = 0
        for index in 0..<bytes.count {
            bits = (bits << 8 | UInt32(bytes[index])) & 0xfff
            waiting += 8
            while waiting >= 5 {
                waiting -= 5
                text.append(alphabet.utf8Start[Int(bits >> waiting & 31)])
            }
        }
        if waiting > 0 { text.append(alphabet.utf8Start[Int(bits << (5 - waiting) & 31)]) }
        return text
    }

    private static func end(_ left: UInt32) throws(TOTPError) {
        guard left == 0 else { throw .cutOff }
    }

    /// How many bits are left for the next byte after so many digits; nil if that digit completes no byte.
    private static func leftBits(after digits: Int) -> UInt32? {
        switch digits % 8 {
        case 2: 2
        case 4: 4
        case 5: 1
        case 7: 3
        case 0: 0
        default: nil
        }
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a"))
        case UInt8(ascii: "2")...UInt8(ascii: "7"): UInt32(character - UInt8(ascii: "2")) + 26
        default: nil
        }
    }
}
