import Crypto
import Secrets

/// A vault in memory, opened. Bytes in, bytes out: files and locks are somebody else's.
///
/// The format is specified in `docs/vault-format.md`.
public struct Vault: ~Copyable, Sendable {
    static let keySize = 32

    /// The sizes that a key file may have, in bytes.
    public static let keyfileSizes = 32...8192

    /// The vault's name for its whole life.
    public let identifier: VaultIdentifier

    /// The generation of the file it was read from or last sealed as; 0 for a new one.
    public internal(set) var generation: UInt64

    package internal(set) var slots: [Slot]
    package internal(set) var records: Records
    private(set) var dataKey: SecretBytes

    /// A new vault with a session-cache key and without slots; it needs one before it can be sealed.
    ///
    /// - Throws: `.crypto` where there are no random bytes.
    public static func create(random: RandomSource) throws(VaultError) -> Vault {
        try create(sessionCacheKey: crypto { () throws(CryptoError) in try random.secret(keySize) }, random: random)
    }

    /// A new vault with a given session-cache key, for keys that move here from another store: cached sessions stay
    /// readable.
    ///
    /// - Throws: `.unusableKey` for a key that has not 32 bytes; `.crypto` where there are no random bytes.
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

    /// A new data key and a new session-cache key. All slots go, those of unknown types too: they hold the old data
    /// key. The caller adds the ones that stay; without any, the vault cannot be sealed.
    ///
    /// What was sealed before still opens as it did, and holds the access keys as they were. Where this throws, the
    /// vault is as it was.
    ///
    /// - Throws: `.crypto` where there are no random bytes.
    public mutating func renewKeys(random: RandomSource) throws(VaultError) {
        let newDataKey = try crypto { () throws(CryptoError) in try random.secret(Self.keySize) }
        try records.replaceSessionCacheKey(crypto { () throws(CryptoError) in try random.secret(Self.keySize) })
        dataKey = newDataKey
        slots = []
    }

    /// A copy of the key that everything in the vault is encrypted under, 32 bytes: whoever has it opens this and later
    /// generations without a passphrase, until the keys are renewed.
    public borrowing func copyOfDataKey() -> SecretBytes { dataKey.copy() }

    /// A key from another store has the size of warder's own.
    static func checkKey(_ key: borrowing SecretBytes) throws(VaultError) {
        guard key.count == keySize else { throw .unusableKey(size: key.count) }
    }

    /// A key file is long enough not to be guessed, and short enough to be none by mistake.
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
    /// - Throws: `.damaged`, which opening has ruled out.
    public borrowing func sessionCacheKey() throws(VaultError) -> SecretBytes { try records.sessionCacheKeyValue() }

    /// What may be shown of each stored key, in the order of the file.
    ///
    /// - Throws: `.damaged`, which opening has ruled out.
    public borrowing func accessKeySummaries() throws(VaultError) -> [AccessKeySummary] { try records.summaries() }

    /// The key stored under `name`; nil where there is none.
    ///
    /// - Throws: `.damaged`, which opening has ruled out.
    public borrowing func accessKey(named name: KeyName) throws(VaultError) -> AccessKeyRecord? {
        try records.accessKey(named: name)
    }

    /// Stores a key under a name that is free.
    ///
    /// - Throws: `.nameTaken`, `.tooLarge`.
    public mutating func add(_ record: borrowing AccessKeyRecord) throws(VaultError) {
        guard try !records.contains(record.summary.name) else { throw .nameTaken(record.summary.name) }
        try records.append(record)
    }

    /// Stores a key in the place of the one of the same name. To keep what a newer warder noted of it, read the
    /// record, change it, and give that back.
    ///
    /// - Throws: `.noSuchKey`, `.tooLarge`; the old one is still there then.
    public mutating func replace(_ record: borrowing AccessKeyRecord) throws(VaultError) {
        try records.replace(record)
    }

    /// Removes the key stored under `name`.
    ///
    /// - Throws: `.noSuchKey`.
    public mutating func remove(_ name: KeyName) throws(VaultError) { try records.remove(name) }
}
