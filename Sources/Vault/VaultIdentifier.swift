import Text

/// The sixteen random bytes that identify a vault for its whole life; not a secret.
public struct VaultIdentifier: Hashable, Sendable {
    /// The number of bytes.
    public static let size = 16

    /// The bytes, always sixteen.
    public let bytes: [UInt8]

    /// Nil unless there are sixteen bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// The bytes as 32 lowercase digits, for the name of a file or of a key in the kernel's keyring.
    public var hex: String { hexadecimal(bytes) }
}
