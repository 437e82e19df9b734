import Fields
import Secrets

/// A stored key, without its secrets.
public struct AccessKeySummary: Equatable, Sendable {
    /// The name it is stored under.
    public var name: KeyName
    /// `AKIA…`; an identifier, not a secret.
    public var accessKeyID: String
    /// When it was stored, in seconds since 1970.
    public var createdAt: UInt64
    /// The twelve digits of the account, if known.
    public var accountID: String?
    /// The ARN of the user (or root) that it belongs to, if known.
    public var principalARN: String?
    /// The ARN or serial number of the MFA device, if known.
    public var mfaSerial: String?
    /// Whether the seed of its one-time codes is stored with it.
    public internal(set) var hasTOTPSeed = false
    /// How far its rotation has come; nil where none was begun.
    public internal(set) var rotation: KeyRotation?

    /// A key's description.
    public init(
        name: KeyName, accessKeyID: String, createdAt: UInt64, accountID: String? = nil, principalARN: String? = nil,
        mfaSerial: String? = nil
    ) {
        self.name = name
        self.accessKeyID = accessKeyID
        self.createdAt = createdAt
        self.accountID = accountID
        self.principalARN = principalARN
        self.mfaSerial = mfaSerial
    }
}

/// A stored long-term access key.
///
/// Fields that this version does not know survive reading, changing and storing the record, so that an older warder
/// does not lose what a newer one stored.
public struct AccessKeyRecord: ~Copyable, Sendable {
    static let name: UInt8 = 1
    private static let accessKeyID: UInt8 = 2
    static let secretTag: UInt8 = 3
    private static let createdAt: UInt8 = 4
    private static let accountID: UInt8 = 5
    private static let principalARN: UInt8 = 6
    private static let mfaSerial: UInt8 = 7
    private static let totpSeed: UInt8 = 9
    private static let totpDevice: UInt8 = 10
    private static let rotationTag: UInt8 = 11

    /// The record without its secrets.
    public var summary: AccessKeySummary {
        get {
            var summary = described
            summary.hasTOTPSeed = totp != nil
            summary.rotation = rotationLine?.withUnsafeBytes { KeyRotation(line: $0) }
            return summary
        }
        set { described = newValue }
    }
    /// What the summary says, apart from what the secrets below decide.
    private var described: AccessKeySummary
    /// The secret access key.
    public var secret: SecretBytes
    /// The seed of its one-time codes, if the user chose to store it.
    public var totp: StoredSeed?
    /// What `KeyRotation` is read from: it may hold the secret of a new key.
    public var rotationLine: SecretBytes?
    private var unknownFields: SecretBytes?
    /// Lines that this version does not know of the item that it was read from, where the store keeps each key as text.
    public var unknownLines: SecretBytes?

    /// Whether a newer version keeps more with the key, in the form of the store that it was read from.
    public var holdsUnknown: Bool { unknownFields != nil || unknownLines != nil }

    /// A record for a key that is not in the vault yet.
    public init(_ summary: AccessKeySummary, secret: consuming SecretBytes, totp: consuming StoredSeed? = nil) {
        self.secret = secret
        unknownFields = nil
        unknownLines = nil
        rotationLine = nil
        described = summary
        self.totp = totp
    }

    /// A copy of the record, secrets included.
    public borrowing func copy() -> AccessKeyRecord {
        var copy = AccessKeyRecord(summary, secret: secret.copy(), totp: totp?.copy())
        copy.rotationLine = rotationLine?.copy()
        copy.unknownFields = unknownFields?.copy()
        copy.unknownLines = unknownLines?.copy()
        return copy
    }

    /// Parses the fields of a record.
    ///
    /// - Throws: `.damaged` if a field is missing, duplicated or invalid.
    public init(fields: UnsafeRawBufferPointer) throws(VaultError) {
        let reader = FieldReader(fields)
        let secret = try wellFormed { () throws(FieldsError) in try reader.secret(Self.secretTag) }
        let unknown = try wellFormed { () throws(FieldsError) in try Self.unknownFields(fields) }
        let totp = try wellFormed { () throws(FieldsError) in try Self.totp(fields: fields) }
        rotationLine = try wellFormed { () throws(FieldsError) in try reader.secretIfPresent(Self.rotationTag) }
        described = try wellFormed { () throws(FieldsError) in try Self.summary(fields: fields) }
        self.totp = totp
        self.secret = secret
        unknownFields = unknown
        unknownLines = nil
    }

    /// The record as fields, for the vault or for a store that keeps each record separately.
    ///
    /// - Throws: `.tooLarge` if a value exceeds a field's size.
    public borrowing func fields() throws(VaultError) -> SecretBytes {
        var fields = SecretBytes(capacity: 1024)
        do throws(FieldsError) {
            try fields.appendField(Self.name, summary.name.text)
            try fields.appendField(Self.accessKeyID, summary.accessKeyID)
            try fields.appendField(Self.secretTag, secret)
            fields.appendField(Self.createdAt, summary.createdAt)
            if let value = summary.accountID { try fields.appendField(Self.accountID, value) }
            if let value = summary.principalARN { try fields.appendField(Self.principalARN, value) }
            if let value = summary.mfaSerial { try fields.appendField(Self.mfaSerial, value) }
            switch totp {
            case .some(let totp):
                try fields.appendField(Self.totpSeed, totp.text)
                if let device = totp.device { try fields.appendField(Self.totpDevice, device) }
            case .none: break
            }
            switch rotationLine {
            case .some(let line): try fields.appendField(Self.rotationTag, line)
            case .none: break
            }
        } catch { throw .tooLarge }
        unknownFields?.withUnsafeBytes { fields.append($0) }
        return fields
    }

    static func summary(fields: UnsafeRawBufferPointer) throws(FieldsError) -> AccessKeySummary {
        let reader = FieldReader(fields)
        guard let name = KeyName(try reader.text(Self.name)) else { throw .missing(tag: Self.name) }
        var summary = AccessKeySummary(
            name: name, accessKeyID: try reader.text(accessKeyID), createdAt: try reader.uint64(createdAt),
            accountID: try reader.textIfPresent(accountID), principalARN: try reader.textIfPresent(principalARN),
            mfaSerial: try reader.textIfPresent(mfaSerial))
        summary.hasTOTPSeed = try reader.value(totpSeed) != nil
        _ = try reader.textIfPresent(totpDevice)
        summary.rotation = try reader.value(rotationTag).map { KeyRotation(line: $0) }
        return summary
    }

    private static func totp(fields: UnsafeRawBufferPointer) throws(FieldsError) -> StoredSeed? {
        let reader = FieldReader(fields)
        let device = try reader.textIfPresent(totpDevice)
        guard let text = try reader.secretIfPresent(totpSeed) else { return nil }
        return StoredSeed(text: text, device: device)
    }

    private static func isKnown(_ tag: UInt8) -> Bool {
        (name...mfaSerial).contains(tag) || (totpSeed...rotationTag).contains(tag)
    }

    private static func unknownFields(_ fields: UnsafeRawBufferPointer) throws(FieldsError) -> SecretBytes? {
        var unknown = SecretBytes(capacity: 0)
        var reader = FieldReader(fields)
        while let field = try reader.next() {
            guard !isKnown(field.tag) else { continue }
            unknown.append(UnsafeRawBufferPointer(rebasing: fields[field.range]))
        }
        guard !unknown.isEmpty else { return nil }
        return unknown
    }
}
