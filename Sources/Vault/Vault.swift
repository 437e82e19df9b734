import Crypto
import Secrets

/// An open vault in memory. It converts bytes to bytes: `VaultFile` handles files and locks.
///
/// The format is specified in `docs/vault-format.md`.
public struct Vault: ~Copyable, Sendable {
    static let keySize = 32

    /// The permitted sizes of a key file, in bytes.
    public static let keyfileSizes = 32...8192

    /// Identifies the vault for its whole life.
    public let identifier: VaultIdentifier

    /// The generation of the file that it was read from or last sealed as; 0 for a new vault.
    public internal(set) var generation: UInt64

    package internal(set) var slots: [Slot]
    package internal(set) var records: Records
    private(set) var dataKey: SecretBytes

    /// A new vault with a session-cache key and without slots; add one before sealing it.
    ///
    /// - Throws: `.crypto` if random bytes are not available.
    public static func create(random: RandomSource) throws(VaultError) -> Vault {
        try create(sessionCacheKey: crypto { () throws(CryptoError) in try random.secret(keySize) }, random: random)
    }

    /// A new vault with a given session-cache key, for keys that move here from another store: cached sessions stay
    /// readable.
    ///
    /// - Throws: `.unusableKey` if the key is not 32 bytes; `.crypto` if random bytes are not available.
    public static func create(
        sessionCacheKey: borrowing SecretBytes, random: RandomSource
    ) throws(VaultError) -> Vault {
        try checkKey(sessionCacheKey)
        let name = try crypto { () throws(CryptoError) in try random.bytes(VaultIdentifier.size) }
        let dataKey = try crypto { () throws(CryptoError) in try random.secret(keySize) }
        guard let identifier = VaultIdentifier(name) else { throw .crypto(.refused("RandomSource")) }
        return Vault(
            identifier: identifier, generation: 0, slots: [],
            records: try Records(sessionCacheKey: sessionCacheKey), dataKey: dataKey)
    }

    /// Makes a new data key and a new session-cache key. All slots are removed, including those of unknown types, since
    /// they hold the old data key. The caller adds the ones to keep; without any, the vault cannot be sealed.
    ///
    /// A file sealed earlier still opens as it did, and holds the access keys as they were. If this throws, the vault
    /// is unchanged.
    ///
    /// - Throws: `.crypto` if random bytes are not available.
    public mutating func renewKeys(random: RandomSource) throws(VaultError) {
        let newDataKey = try crypto { () throws(CryptoError) in try random.secret(Self.keySize) }
        try records.replaceSessionCacheKey(crypto { () throws(CryptoError) in try random.secret(Self.keySize) })
        dataKey = newDataKey
        slots = []
    }

    /// Whether a newer version put a slot or a record here whose type this one does not know.
    ///
    /// - Throws: `.damaged`, which cannot happen after a successful opening.
    public func holdsUnknown() throws(VaultError) -> Bool {
        if slots.contains(where: { WrappedKey.bodySize(of: $0.type) == nil }) { return true }
        return try records.holdUnknown()
    }

    /// A copy of the key that everything in the vault is encrypted under, 32 bytes: it opens this and later generations
    /// without a passphrase, until the keys are renewed.
    public borrowing func copyOfDataKey() -> SecretBytes { dataKey.copy() }

    /// A key from another store must be as long as warder's own.
    static func checkKey(_ key: borrowing SecretBytes) throws(VaultError) {
        guard key.count == keySize else { throw .unusableKey(size: key.count) }
    }

    /// A key file must be too long to guess, and too short to be some other file by mistake.
    static func checkKeyfile(_ contents: borrowing SecretBytes) throws(VaultError) {
        guard keyfileSizes.contains(contents.count) else { throw .unusableKeyfile(size: contents.count) }
    }

    init(
        identifier: VaultIdentifier, generation: UInt64, slots: [Slot], records: consuming Records,
        dataKey: consuming SecretBytes
    ) {
        self.identifier = identifier
        self.generation = generation
        self.slots = slots
        self.records = records
        self.dataKey = dataKey
    }

    /// The key that encrypts cached sessions, 32 bytes.
    ///
    /// - Throws: `.damaged`, which cannot happen after a successful opening.
    public borrowing func sessionCacheKey() throws(VaultError) -> SecretBytes { try records.sessionCacheKeyValue() }

    /// The summary of each stored key, in file order.
    ///
    /// - Throws: `.damaged`, which cannot happen after a successful opening.
    public borrowing func accessKeySummaries() throws(VaultError) -> [AccessKeySummary] { try records.summaries() }

    /// The key stored under `name`; nil if there is none.
    ///
    /// - Throws: `.damaged`, which cannot happen after a successful opening.
    public borrowing func accessKey(named name: KeyName) throws(VaultError) -> AccessKeyRecord? {
        try records.accessKey(named: name)
    }

    /// Stores a key under an unused name.
    ///
    /// - Throws: `.nameTaken`, `.tooLarge`.
    public mutating func add(_ record: borrowing AccessKeyRecord) throws(VaultError) {
        guard try !records.contains(record.summary.name) else { throw .nameTaken(record.summary.name) }
        try records.append(record)
    }

    /// Replaces the stored key of the same name. To preserve what a newer warder stored in its record, read the record,
    /// change it, and pass it here.
    ///
    /// - Throws: `.noSuchKey`, `.tooLarge`; then the old one is still there.
    public mutating func replace(_ record: borrowing AccessKeyRecord) throws(VaultError) {
        try records.replace(record)
    }

    /// Removes the key stored under `name`.
    ///
    /// - Throws: `.noSuchKey`.
    public mutating func remove(_ name: KeyName) throws(VaultError) { try records.remove(name) }
}
