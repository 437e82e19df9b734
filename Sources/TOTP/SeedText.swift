import Crypto
import Secrets

extension Seed {
    /// The longest text that is read, in bytes.
    public static let longestText = 2048

    /// Reads what a user pastes: an `otpauth://totp/…` address, as a QR code holds it, or the secret alone in base32.
    ///
    /// Codes must have six digits, as AWS wants them. White space round the text does not matter.
    ///
    /// - Throws: every case of `TOTPError`, except `.crypto`.
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

    /// The seed in one canonical form, to be stored: an address that this and other programs read.
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
