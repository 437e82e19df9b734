import Crypto

/// Why a text is not a usable seed, or no code can be made. No case holds a part of the seed.
public enum TOTPError: Error, Equatable, Sendable {
    /// The text is empty.
    case empty
    /// More bytes than `Seed.longestText`.
    case textTooLong
    /// A character that is not base32, or padding in the wrong place.
    case notBase32
    /// The base32 is truncated: no number of bytes has that many digits, or the spare bits are not zero.
    case cutOff
    /// The secret is smaller than `Seed.secretSizes` allows.
    case secretTooShort
    /// The secret is larger than `Seed.secretSizes` allows.
    case secretTooLong
    /// A URI, but not a valid `otpauth://` one.
    case malformedAddress
    /// Codes of this URI depend on a counter (`otpauth://hotp`), not on the time.
    case counterBased
    /// The URI has no secret.
    case noSecret
    /// A parameter occurs more than once; its name.
    case repeated(parameter: String)
    /// The hash function is not one of RFC 6238's.
    case unknownHash
    /// The codes do not have six digits, which AWS requires.
    case notSixDigits
    /// The period is not in `Seed.periods`.
    case unacceptablePeriod
    /// libcrypto failed.
    case crypto(CryptoError)
}
