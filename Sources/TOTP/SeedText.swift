import Crypto
import Secrets

extension Seed {
    /// The longest accepted text, in bytes.
    public static let longestText = 2048

    /// Parses what a user pastes: an `otpauth://totp/…` URI, as in a QR code, or just the secret in base32.
    ///
    /// Codes must have six digits, as AWS requires. Surrounding white space is ignored.
    ///
    /// - Throws: every case of `TOTPError` except `.crypto`.
    public init(reading text: borrowing SecretBytes) throws(TOTPError) {
        guard text.count <= Self.longestText else { throw .textTooLong }
        var start = 0
        var end = text.count
        while start < end, text[start] <= 0x20 { start += 1 }
        while end > start, text[end - 1] <= 0x20 { end -= 1 }
        guard start < end else { throw .empty }
        let text = text.copy(start..<end)
        if text.contains(UInt8(ascii: ":")) {
            try self.init(address: text)
        } else {
            try self.init(secret: try Base32.decoded(text))
        }
    }

    private init(address: borrowing SecretBytes) throws(TOTPError) {
        let parts = try OTPAuthURI(address)
        switch consume parts.secret {
        case .some(let secret):
            try self.init(secret: try Base32.decoded(secret), hash: parts.hash, period: parts.period)
        case .none: throw .noSecret
        }
    }

    /// The seed in its canonical form, for storage: a URI that other programs can read too.
    public borrowing func text() -> SecretBytes {
        var text = SecretBytes("otpauth://totp/AWS?secret=")
        text.append(Base32.encoded(secret))
        text.append("&algorithm=\(hash.rawValue)&digits=\(digits)&period=\(period)")
        return text
    }
}

extension SecretBytes {
    borrowing func contains(_ byte: UInt8) -> Bool { (0..<count).contains { self[$0] == byte } }
}
