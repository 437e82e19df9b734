/// The sixteen random bytes that name a vault for its whole life; no secret.
public struct VaultIdentifier: Hashable, Sendable {
    /// How many bytes it has.
    public static let size = 16

    /// The bytes, always sixteen.
    public let bytes: [UInt8]

    /// Takes sixteen bytes; nil for any other number.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// The bytes as 32 digits in lower case, for a file name or the name of a key in the kernel's keyring.
    public var hex: String { hexadecimal(bytes[...]) }
}

/// The bytes as digits in lower case, two for each.
func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    var digits = ""
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
        if byte < 16 { digits += "0" }
        digits += String(byte, radix: 16)
    }
    return digits
}
