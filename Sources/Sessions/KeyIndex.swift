import Crypto
import Fields
import Linux
import Secrets

/// What may be shown of a stored key while the vault is locked.
public struct IndexedKey: Equatable, Sendable {
    /// The name it is stored under.
    public let name: String
    /// `AKIA…`.
    public let accessKeyID: String
    /// The twelve digits of the account, if known.
    public let accountID: String?
    /// When it was stored, in seconds since 1970.
    public let createdAt: Int64
    /// Whether the seed of its one-time codes is stored with it.
    public let hasTOTPSeed: Bool
    /// From when on its rotation has something to finish, in seconds since 1970, 0 for now; nil where none is under way.
    public let unfinishedFrom: Int64?

    /// A key of the vault, without secrets.
    public init(
        name: String, accessKeyID: String, accountID: String?, createdAt: Int64, hasTOTPSeed: Bool = false,
        unfinishedFrom: Int64? = nil
    ) {
        self.name = name
        self.accessKeyID = accessKeyID
        self.accountID = accountID
        self.createdAt = createdAt
        self.hasTOTPSeed = hasTOTPSeed
        self.unfinishedFrom = unfinishedFrom
    }
}

private enum Tag {
    static let key: UInt8 = 1
    static let generation: UInt8 = 2
    static let name: UInt8 = 1
    static let accessKeyID: UInt8 = 2
    static let account: UInt8 = 3
    static let createdAt: UInt8 = 4
    static let totpSeed: UInt8 = 5
    static let unfinishedFrom: UInt8 = 6
}

extension SessionCache {
    private static var indexName: String { "keys" }

    /// The keys that the vault holds in `generation`; nil if unknown.
    ///
    /// This is a copy of the vault's list, encrypted under the session-cache key, so that listing needs no passphrase.
    public borrowing func keyIndex(generation: UInt64) throws(SessionCacheError) -> [IndexedKey]? {
        guard let text = try read(Self.indexName) else { return nil }
        return try? Self.keys(decoding: text, generation: generation)
    }

    static func keys(
        decoding text: borrowing SecretBytes, generation: UInt64
    ) throws(FieldsError) -> [IndexedKey] {
        try text.withUnsafeBytes { (bytes) throws(FieldsError) -> [IndexedKey] in
            var keys: [IndexedKey] = []
            var reader = FieldReader(bytes)
            guard try reader.uint64(Tag.generation) == generation else { throw .missing(tag: Tag.generation) }
            while let record = try reader.next() {
                guard record.tag == Tag.key else { continue }
                let fields = FieldReader(record.value)
                keys.append(
                    IndexedKey(
                        name: try fields.text(Tag.name), accessKeyID: try fields.text(Tag.accessKeyID),
                        accountID: try fields.textIfPresent(Tag.account),
                        createdAt: Int64(clamping: try fields.uint64(Tag.createdAt)),
                        hasTOTPSeed: try fields.value(Tag.totpSeed) != nil,
                        unfinishedFrom: try fields.value(Tag.unfinishedFrom) == nil
                            ? nil : Int64(clamping: try fields.uint64(Tag.unfinishedFrom))))
            }
            return keys
        }
    }

    /// Saves which keys the vault holds in `generation`.
    public borrowing func noteKeys(
        _ keys: [IndexedKey], generation: UInt64, random: RandomSource
    ) throws(SessionCacheError) {
        if let noted = try keyIndex(generation: generation), noted == keys { return }
        var text = SecretBytes(capacity: 4096)
        text.appendField(Tag.generation, generation)
        do throws(FieldsError) {
            for key in keys {
                var fields = SecretBytes(capacity: 512)
                try fields.appendField(Tag.name, key.name)
                try fields.appendField(Tag.accessKeyID, key.accessKeyID)
                if let account = key.accountID { try fields.appendField(Tag.account, account) }
                fields.appendField(Tag.createdAt, UInt64(max(0, key.createdAt)))
                if key.hasTOTPSeed { try fields.appendField(Tag.totpSeed, "") }
                if let time = key.unfinishedFrom { fields.appendField(Tag.unfinishedFrom, UInt64(max(0, time))) }
                try text.appendField(Tag.key, fields)
            }
        } catch { throw .crypto(.refused("key index fields")) }
        let lock = try lock(Self.indexName, until: .after(milliseconds: 5000))
        defer { withExtendedLifetime(lock) {} }
        try write(text, Self.indexName, modified: nil, random: random)
    }
}
