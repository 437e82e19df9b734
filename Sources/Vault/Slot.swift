import Text

/// The type of a slot, by what opens it. Types that this version does not know are preserved.
public struct SlotType: RawRepresentable, Hashable, Sendable {
    /// The byte in the file.
    public let rawValue: UInt8

    /// The type with this byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A passphrase, stretched with scrypt.
    public static let passphrase = SlotType(rawValue: 1)
    /// 32 random bytes held by the Secret Service.
    public static let libsecret = SlotType(rawValue: 2)
    /// The bytes of a file.
    public static let keyfile = SlotType(rawValue: 3)
    /// A printed recovery code.
    public static let recovery = SlotType(rawValue: 4)

    /// The names of the types that this version knows.
    package static let names = [passphrase, libsecret, keyfile, recovery].map(\.name)

    /// Its name in messages and tables.
    package var name: String {
        switch self {
        case .passphrase: "passphrase"
        case .libsecret: "libsecret"
        case .keyfile: "keyfile"
        case .recovery: "recovery"
        default: "type \(rawValue)"
        }
    }
}

/// What a slot shows without any key. It is unauthenticated until the vault has been opened.
public struct SlotSummary: Equatable, Sendable {
    /// What opens it.
    public let type: SlotType
    /// Identifies the slot: the first 8 bytes of its salt as 16 lowercase digits. A slot that is set again gets another
    /// one. Empty for types that this version does not know.
    public let identifier: String
}

/// One way into the vault: the wrapped data key. Nothing in it is secret.
package struct Slot: Equatable, Sendable {
    package let type: SlotType
    package let body: [UInt8]

    /// The slot's public part.
    package var summary: SlotSummary {
        let salt = (try? WrappedKey(self))?.salt ?? []
        return SlotSummary(type: type, identifier: hexadecimal(Array(salt.prefix(8))))
    }
}
