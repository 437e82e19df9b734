import Crypto
import Secrets

/// The seed of time-based one-time codes (TOTP, RFC 6238).
public struct Seed: ~Copyable, Sendable {
    /// The accepted sizes of secrets, in bytes. RFC 4226 (R6) requires at least 16; AWS issues 40; some services 10.
    public static let secretSizes = 10...256
    /// The accepted periods, in seconds.
    public static let periods: ClosedRange<Int64> = 1...3600

    /// The hash function of the HMAC.
    public let hash: OneTimeHash
    /// How many digits a code has, 6 to 8. AWS accepts 6.
    public let digits: Int
    /// How many seconds a code is current.
    public let period: Int64
    let secret: SecretBytes

    /// Checks the parts of a seed.
    ///
    /// - Parameters:
    ///   - secret: its size must be in `secretSizes`.
    ///   - digits: 6 to 8.
    ///   - period: seconds, in `periods`.
    /// - Throws: `.secretTooShort`, `.secretTooLong`, `.notSixDigits`, `.unacceptablePeriod`.
    public init(
        secret: consuming SecretBytes, hash: OneTimeHash = .sha1, digits: Int = 6, period: Int64 = 30
    ) throws(TOTPError) {
        guard secret.count >= Self.secretSizes.lowerBound else { throw .secretTooShort }
        guard secret.count <= Self.secretSizes.upperBound else { throw .secretTooLong }
        guard (6...8).contains(digits) else { throw .notSixDigits }
        guard Self.periods.contains(period) else { throw .unacceptablePeriod }
        self.secret = secret
        self.hash = hash
        self.digits = digits
        self.period = period
    }

    /// The code at `time`, in seconds since 1970; for an earlier time, the very first code.
    public borrowing func code(at time: Int64) throws(TOTPError) -> SecretBytes {
        try code(counter: UInt64(max(0, time) / period))
    }

    /// The code for a counter (HOTP, RFC 4226 section 5.3).
    public borrowing func code(counter: UInt64) throws(TOTPError) -> SecretBytes {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * $0)) }
        let tag: SecretBytes
        do throws(CryptoError) { tag = try oneTimeHMAC(hash, key: secret, message) } catch { throw .crypto(error) }
        let offset = Int(tag[tag.count - 1] & 0xf)
        var number: UInt32 = 0
        for index in offset..<offset + 4 { number = number << 8 | UInt32(tag[index]) }
        number &= 0x7fff_ffff
        var divisor: UInt32 = 1
        for _ in 1..<digits { divisor *= 10 }
        var code = SecretBytes(capacity: digits)
        while divisor > 0 {
            code.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
        return code
    }

    /// How long the code of `time` is current: from its first second to the first second of the next code, exclusive,
    /// in seconds since 1970.
    public borrowing func window(at time: Int64) -> Range<Int64> {
        let start = max(0, time) / period * period
        let (end, overflows) = start.addingReportingOverflow(period)
        return start..<(overflows ? Int64.max : end)
    }

    /// When the next code begins, in seconds since 1970.
    public borrowing func nextWindow(after time: Int64) -> Int64 { window(at: time).upperBound }
}
