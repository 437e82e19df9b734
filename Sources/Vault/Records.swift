import Fields
import Secrets

/// The records of a vault, kept in their encoded form: what this version does not know goes back into the file
/// unchanged.
package struct Records: ~Copyable, Sendable {
    package static let padding: UInt8 = 0
    package static let sessionCacheKey: UInt8 = 1
    package static let accessKey: UInt8 = 2

    /// The records without their padding, each a field.
    package private(set) var bytes: SecretBytes

    /// The records of a new vault.
    init(sessionCacheKey key: borrowing SecretBytes) throws(VaultError) {
        bytes = SecretBytes(capacity: 4096)
        do throws(FieldsError) { try bytes.appendField(Self.sessionCacheKey, key) } catch { throw .tooLarge }
    }

    /// Reads decrypted plaintext and checks all of it: the records, their names, and that only zeros follow.
    ///
    /// - Throws: `.damaged`.
    init(plaintext: consuming SecretBytes) throws(VaultError) {
        bytes = plaintext
        let end = try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) in try Self.check(bytes) }
        }
        bytes.truncate(to: end)
    }

    /// The plaintext to encrypt: the records, padded with zeros to a multiple of the padding unit.
    borrowing func padded() -> SecretBytes {
        let unit = VaultLayout.paddingUnit
        let size = (bytes.count + unit - 1) / unit * unit
        var plaintext = SecretBytes(capacity: size)
        plaintext.append(bytes)
        plaintext.append(SecretBytes(zeros: size - bytes.count))
        return plaintext
    }

    /// The value of the session-cache key's record.
    borrowing func sessionCacheKeyValue() throws(VaultError) -> SecretBytes {
        try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) in
                try FieldReader(bytes).secret(Self.sessionCacheKey)
            }
        }
    }

    /// Whether there is a record of a type that this version does not know.
    borrowing func holdUnknown() throws(VaultError) -> Bool {
        try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) in
                var reader = FieldReader(bytes)
                while let record = try reader.next() {
                    if ![Self.sessionCacheKey, Self.accessKey, Self.logSeal].contains(record.tag) { return true }
                }
                return false
            }
        }
    }

    /// Replaces the session-cache key.
    mutating func replaceSessionCacheKey(_ key: borrowing SecretBytes) throws(VaultError) {
        let record = try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) -> Range<Int>? in
                var reader = FieldReader(bytes)
                while let record = try reader.next() {
                    if record.tag == Self.sessionCacheKey { return record.range }
                }
                return nil
            }
        }
        guard let record else { throw .damaged }
        do throws(FieldsError) { try bytes.appendField(Self.sessionCacheKey, key) } catch { throw .tooLarge }
        cut(record)
    }

    /// The summaries of all access keys, in file order.
    borrowing func summaries() throws(VaultError) -> [AccessKeySummary] {
        try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) in try Self.summaries(bytes) }
        }
    }

    /// The access key of this name; nil if there is none.
    borrowing func accessKey(named name: KeyName) throws(VaultError) -> AccessKeyRecord? {
        guard let range = try range(of: name) else { return nil }
        return try bytes.withUnsafeBytes { (bytes) throws(VaultError) -> AccessKeyRecord? in
            try AccessKeyRecord(fields: UnsafeRawBufferPointer(rebasing: bytes[range].dropFirst(Field.headerSize)))
        }
    }

    /// Whether there is an access key of this name.
    borrowing func contains(_ name: KeyName) throws(VaultError) -> Bool { try range(of: name) != nil }

    /// Appends a record.
    mutating func append(_ record: borrowing AccessKeyRecord) throws(VaultError) {
        let fields = try record.fields()
        do throws(FieldsError) { try bytes.appendField(Self.accessKey, fields) } catch { throw .tooLarge }
    }

    /// Replaces the record of the same name. If this throws, the old one is still there.
    ///
    /// - Throws: `.noSuchKey`, `.tooLarge`.
    mutating func replace(_ record: borrowing AccessKeyRecord) throws(VaultError) {
        guard let range = try range(of: record.summary.name) else { throw .noSuchKey(record.summary.name) }
        try append(record)
        cut(range)
    }

    /// Removes the access key of this name.
    ///
    /// - Throws: `.noSuchKey`.
    mutating func remove(_ name: KeyName) throws(VaultError) {
        guard let range = try range(of: name) else { throw .noSuchKey(name) }
        cut(range)
    }

    /// Appends a log's record.
    mutating func appendLogSeal(_ value: borrowing SecretBytes) throws(VaultError) {
        do throws(FieldsError) { try bytes.appendField(Self.logSeal, value) } catch { throw .tooLarge }
    }

    mutating func cut(_ range: Range<Int>) {
        var rest = SecretBytes(capacity: bytes.count)
        bytes.withUnsafeBytes { bytes in
            rest.append(UnsafeRawBufferPointer(rebasing: bytes[..<range.lowerBound]))
            rest.append(UnsafeRawBufferPointer(rebasing: bytes[range.upperBound...]))
        }
        bytes = rest
    }

    /// The byte range of this name's record, tag and length included.
    private borrowing func range(of name: KeyName) throws(VaultError) -> Range<Int>? {
        try wellFormed { () throws(FieldsError) in
            try bytes.withUnsafeBytes { (bytes) throws(FieldsError) -> Range<Int>? in
                var reader = FieldReader(bytes)
                while let record = try reader.next() {
                    guard record.tag == Self.accessKey else { continue }
                    let present = try FieldReader(record.value).value(AccessKeyRecord.name)
                    if present?.elementsEqual(name.text.utf8) == true { return record.range }
                }
                return nil
            }
        }
    }

    /// The offset at which the records end and the padding begins.
    private static func check(_ plaintext: UnsafeRawBufferPointer) throws(FieldsError) -> Int {
        var reader = FieldReader(plaintext)
        while let tag = reader.nextTag, tag != padding { _ = try reader.next() }
        let end = reader.offset
        guard plaintext[end...].allSatisfy({ $0 == 0 }) else { throw .truncated }
        let records = UnsafeRawBufferPointer(rebasing: plaintext[..<end])
        guard let key = try FieldReader(records).value(sessionCacheKey) else { throw .missing(tag: sessionCacheKey) }
        guard key.count == 32 else { throw .wrongWidth(tag: sessionCacheKey) }
        let names = try summaries(records).map(\.name)
        guard Set(names).count == names.count else { throw .repeated(tag: accessKey) }
        return end
    }

    private static func summaries(_ records: UnsafeRawBufferPointer) throws(FieldsError) -> [AccessKeySummary] {
        var summaries: [AccessKeySummary] = []
        var reader = FieldReader(records)
        while let record = try reader.next() {
            guard record.tag == accessKey else { continue }
            summaries.append(try AccessKeyRecord.summary(fields: record.value))
            guard try FieldReader(record.value).value(AccessKeyRecord.secretTag) != nil else {
                throw .missing(tag: AccessKeyRecord.secretTag)
            }
        }
        return summaries
    }
}
