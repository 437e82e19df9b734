import Crypto

/// Why there is no seed, or no code. None of the cases holds a part of the seed.
public enum TOTPError: Error, Equatable, Sendable {
    /// There is nothing in it.
    case empty
    /// More bytes than `Seed.longestText`.
    case textTooLong
    /// A character that base32 does not have, or padding where none can be.
    case notBase32
    /// The base32 is cut off: no bytes have that many digits, or bits are left over that are not zero.
    case cutOff
    /// The secret has fewer bytes than `Seed.secretSizes` allows.
    case secretTooShort
    /// The secret has more bytes than `Seed.secretSizes` allows.
    case secretTooLong
    /// An address, but not as `otpauth://` is written.
    case malformedAddress
    /// A code of this address depends on a counter (`otpauth://hotp`), not on the time.
    case counterBased
    /// The address has no secret.
    case noSecret
    /// A parameter that must not be there twice is; its name.
    case repeated(parameter: String)
    /// The hash function is none of those that RFC 6238 knows.
    case unknownHash
    /// The codes do not have six digits, which is what AWS takes.
    case notSixDigits
    /// The period is not in `Seed.periods`.
    case unacceptablePeriod
    /// libcrypto failed.
    case crypto(CryptoError)
}
