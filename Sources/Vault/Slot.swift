/// What kind of thing opens a slot. Types that this version does not know are kept as they are.
public struct SlotType: RawRepresentable, Hashable, Sendable {
    /// The byte in the file.
    public let rawValue: UInt8

    /// The type with this byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A passphrase, stretched with scrypt.
    public static let passphrase = SlotType(rawValue: 1)
    /// Reserved: a key held by the Secret Service.
    public static let libsecret = SlotType(rawValue: 2)
    /// Reserved: a key in a file.
    public static let keyfile = SlotType(rawValue: 3)
    /// A printed recovery code.
    public static let recovery = SlotType(rawValue: 4)
}

/// One way into the vault: the data key, wrapped. Nothing in it is a secret.
package struct Slot: Equatable, Sendable {
    package let type: SlotType
    package let body: [UInt8]
}
