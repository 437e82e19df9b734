import Linux
import Secrets

extension VaultFile {
    /// What a vault's file shows without a key. It is unauthenticated.
    public struct Exterior: Equatable, Sendable {
        /// Identifier, generation and slots.
        public let header: VaultHeader
        /// The scrypt cost of its passphrase, as a power of two; nil if it has no passphrase.
        public let passphraseCost: UInt8?
    }

    /// The vault's exterior, read without a lock; nil if there is no vault.
    ///
    /// - Throws: what opening it would throw before it needs a key, `.older` and `.unknownGeneration` among that.
    public func exterior() throws(VaultFileError) -> Exterior? {
        do throws(VaultFileError) {
            let exterior = try Self.exterior(of: bytes(), path: path)
            try refuseOlder(exterior.header.identifier, exterior.header.generation)
            return exterior
        } catch .absent { return nil } catch { throw error }
    }

    /// The path of the copy that is kept of the previous generation.
    public var previousPath: String { path + Self.previous }

    /// The exterior of that copy, read without a lock; nil if there is none that can be read.
    public func exteriorOfPrevious() -> Exterior? {
        guard let bytes = try? readPrivateFile(previousPath, limit: VaultHeader.maximumFileSize) else { return nil }
        return try? Self.exterior(of: bytes, path: previousPath)
    }

    private static func exterior(
        of bytes: borrowing SecretBytes, path: String
    ) throws(VaultFileError) -> Exterior {
        do throws(VaultError) {
            return try bytes.withUnsafeBytes { (bytes) throws(VaultError) in
                let layout = try VaultLayout(of: bytes)
                let slot = layout.slots.first { $0.type == .passphrase }
                let cost = try slot.map { (slot) throws(VaultError) in try WrappedKey(slot).parameters[0] }
                return Exterior(header: layout.header, passphraseCost: cost)
            }
        } catch { throw .vault(error, path: path) }
    }
}

extension VaultFile.Exterior {
    /// Whether this and `other` are certainly encrypted under different keys: they are of two vaults, or the keys were
    /// renewed between the two. With one slot each, a changed passphrase looks like renewed keys.
    public func hasCertainlyOtherKey(than other: Self) -> Bool {
        guard header.identifier == other.header.identifier else { return true }
        let isDisjoint = !header.slots.contains { other.header.slots.contains($0) }
        return isDisjoint && (header.slots.count > 1 || other.header.slots.count > 1)
    }
}
