import Secrets
import Testing
import Vault

private let old = "AKIAIOSFODNN7EXAMPLE"
private let new = "AKIAI44QH8DHBEXAMPLE"
private let newSecret = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"

private func record() throws -> AccessKeyRecord {
    let name = try #require(KeyName("alice"))
    let summary = AccessKeySummary(name: name, accessKeyID: old, createdAt: 12, mfaSerial: "GAHT12345678")
    return AccessKeyRecord(summary, secret: secret("the old secret"))
}

/// The record as another process finds it in the store.
private func read(_ record: borrowing AccessKeyRecord) throws -> AccessKeyRecord {
    try record.fields().withUnsafeBytes { (fields) throws(VaultError) in try AccessKeyRecord(fields: fields) }
}

/// The rotation that a stored line says.
private func rotation(_ line: String) throws -> KeyRotation? {
    var record = try record()
    record.rotationLine = secret(line)
    return try read(record).rotation
}

private func text(ifPresent secret: borrowing SecretBytes?) -> String? {
    switch secret {
    case .some(let secret): secretText(secret)
    case .none: nil
    }
}

@Suite("Vault: how far a key's rotation has come")
struct KeyRotationTests {
    @Test(
        "a step comes back as it was noted",
        arguments: [
            .requested(since: 1, until: 2, before: []), .requested(since: 0, until: .max, before: [old, new]),
            .discarding(accessKeyID: new), .replaced(accessKeyID: old, retireAt: 0, keeps: false),
            .replaced(accessKeyID: old, retireAt: 99, keeps: true), .kept(accessKeyID: old),
        ] as [KeyRotation])
    func roundTrip(_ step: KeyRotation) throws {
        var record = try record()
        record.note(step)
        let found = try read(record)
        let copy = found.copy()
        #expect(found.rotation == step && copy.summary.rotation == step)
        #expect(text(ifPresent: found.newSecret()) == nil)
        #expect(secretText(found.secret) == "the old secret" && found.summary.accessKeyID == old)
    }

    @Test("a new key waits beside the old one, and takes its place")
    func newKey() throws {
        var record = try record()
        record.note(.created(accessKeyID: new, createdAt: 77), secret: secret(newSecret))
        var found = try read(record)
        #expect(found.rotation == .created(accessKeyID: new, createdAt: 77))
        #expect(text(ifPresent: found.newSecret()) == newSecret)
        #expect(found.summary.accessKeyID == old && found.summary.keysAtAWS == [old, new])
        let isReplaced = found.replaceKey(retireAt: 99, keeps: true)
        #expect(isReplaced)
        let swapped = try read(found)
        #expect(swapped.summary.accessKeyID == new && secretText(swapped.secret) == newSecret)
        #expect(swapped.summary.createdAt == 77 && swapped.summary.mfaSerial == "GAHT12345678")
        #expect(swapped.rotation == .replaced(accessKeyID: old, retireAt: 99, keeps: true))
        #expect(swapped.summary.keysAtAWS == [new, old])
        #expect(!hex(try swapped.fields()).contains(hex(secret("the old secret"))))
    }

    @Test("without a new key there is nothing to take the old one's place")
    func nothingNew() throws {
        var record = try record()
        var isReplaced = record.replaceKey(retireAt: 0, keeps: false)
        #expect(!isReplaced)
        record.note(.kept(accessKeyID: new))
        isReplaced = record.replaceKey(retireAt: 0, keeps: false)
        #expect(!isReplaced)
        #expect(record.summary.accessKeyID == old && record.rotation == .kept(accessKeyID: new))
    }

    @Test("a note goes again")
    func cleared() throws {
        var record = try record()
        let before = hex(try record.fields())
        record.note(.kept(accessKeyID: new))
        record.note(nil)
        #expect(record.rotation == nil)
        #expect(hex(try record.fields()) == before)
    }

    @Test(
        "a line that this version does not write is of a newer one, and stays as it is",
        arguments: [
            "", "swapped", "requested", "requested 1", "requested 1 x", "requested 1 2 ", "created \(new) 7",
            "created \(new) x secret", "created  7 secret", "created \(new) 7 ", "created \(new) 7 a b", "discarding",
            "discarding \(new) 1", "replaced \(old)", "replaced \(old) 1 hold", "replaced \(old) 1 keep 2", "kept",
            "kept ", "kept \u{e4}", "kept a\u{1}", "requested -1 2", "replaced \(old) 18446744073709551616",
        ])
    func unknown(_ line: String) throws {
        #expect(try rotation(line) == .unknown)
        var record = try record()
        record.rotationLine = secret(line)
        var found = try read(record)
        let copy = found.copy()
        #expect(text(ifPresent: copy.rotationLine) == line && text(ifPresent: found.newSecret()) == nil)
        let isReplaced = found.replaceKey(retireAt: 0, keeps: false)
        #expect(found.summary.keysAtAWS == [old] && !isReplaced)
        found.summary.accountID = "111111111111"
        let again = try read(found)
        #expect(text(ifPresent: again.rotationLine) == line)
    }
}
