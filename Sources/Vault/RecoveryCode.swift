import Crypto
import Secrets

/// A recovery code: twenty random bytes, shown in Crockford's base32 (crockford.com/base32.html) as eight groups of
/// four characters.
public enum RecoveryCode {
    static let size = 20
    private static let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    /// The code as it is printed, `XXXX-XXXX-…`, 39 bytes of ASCII.
    package static func text(of code: borrowing SecretBytes) -> SecretBytes {
        var text = SecretBytes(capacity: 39)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for index in 0..<code.count {
            pending = pending << 8 | UInt32(code[index])
            bits += 8
            while bits >= 5 {
                bits -= 5
                if text.count % 5 == 4 { text.append(UInt8(ascii: "-")) }
                text.append(alphabet.utf8Start[Int(pending >> bits & 31)])
            }
        }
        return text
    }

    /// Decodes a typed code to its twenty bytes. Case, dashes, spaces, tabs and line ends are ignored; I and L are read
    /// as 1, O as 0.
    ///
    /// - Throws: `.malformedRecoveryCode` for any other character, or if there are not exactly 32 of them.
    package static func bytes(ofText text: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        var code = SecretBytes(capacity: size)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        var symbols = 0
        for index in 0..<text.count {
            guard !isSeparator(text[index]) else { continue }
            guard let value = value(of: text[index]), symbols < 32 else { throw .malformedRecoveryCode }
            symbols += 1
            pending = pending << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                code.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        guard symbols == 32 else { throw .malformedRecoveryCode }
        return code
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
        default: false
        }
    }

    private static func value(of byte: UInt8) -> Int? {
        var symbol = byte
        if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(symbol) { symbol -= 32 }
        switch symbol {
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        case UInt8(ascii: "O"): return 0
        default:
            var index = 0
            while index < 32, alphabet.utf8Start[index] != symbol { index += 1 }
            return index < 32 ? index : nil
        }
    }
}
