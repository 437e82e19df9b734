import Secrets
import Testing
import Vault

private let address = "otpauth://totp/AWS?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30"
private let device = "arn:aws:iam::111111111111:mfa/alice"

private func summary() throws -> AccessKeySummary {
    AccessKeySummary(name: try #require(KeyName("alice")), accessKeyID: "AKIAIOSFODNN7EXAMPLE", createdAt: 12)
}

private func record(seed: consuming StoredSeed? = nil) throws -> AccessKeyRecord {
    AccessKeyRecord(try summary(), secret: secret("the secret"), totp: seed)
}

/// The seed and the device of a record, as text.
private func seed(_ record: borrowing AccessKeyRecord) -> [String?]? {
    switch record.totp {
    case .some(let totp): [secretText(totp.text), totp.device]
    case .none: nil
    }
}

/// The record as whoever reads its fields finds it.
private func read(_ record: borrowing AccessKeyRecord) throws -> AccessKeyRecord {
    try record.fields().withUnsafeBytes { (fields) throws(VaultError) in try AccessKeyRecord(fields: fields) }
}

@Suite("Vault: the seed of one-time codes with a key")
struct StoredSeedTests {
    @Test("it comes back as it was stored, with its device and without", arguments: [device, nil])
    func roundTrip(_ device: String?) throws {
        let stored = try record(seed: StoredSeed(text: secret(address), device: device))
        let found = try read(stored)
        let copy = found.copy()
        #expect(seed(found) == [address, device] && seed(copy) == [address, device])
        #expect(found.summary.hasTOTPSeed && copy.summary.hasTOTPSeed && stored.summary.hasTOTPSeed)
        #expect(secretText(copy.secret) == "the secret")
    }

    @Test("the summary says whether it is there, however it came or went")
    func summaries() throws {
        var record = try record()
        #expect(!record.summary.hasTOTPSeed)
        record.totp = StoredSeed(text: secret(address), device: nil)
        #expect(record.summary.hasTOTPSeed)
        record.summary = try summary()
        #expect(record.summary.hasTOTPSeed)
        record.summary.accessKeyID = "AKIAI44QH8DHBEXAMPLE"
        #expect(record.summary.hasTOTPSeed)
        var vault = try Vault.create(random: .system)
        try vault.add(record)
        #expect(try vault.accessKeySummaries() == [record.summary])
        record.totp = nil
        #expect(!record.summary.hasTOTPSeed)
        try vault.replace(record)
        #expect(try vault.accessKeySummaries().map(\.hasTOTPSeed) == [false])
    }

    @Test("it comes and goes, and fields that are not known stay, in a copy too")
    func besideUnknownFields() throws {
        let vector = try #require(Vector.named("ok-unknown"))
        let vault = try vector.open(vector.bytes)
        let stored = try vault.accessKey(named: try #require(KeyName("alice")))
        guard var record = stored else {
            Issue.record("alice is not there")
            return
        }
        let before = hex(try record.fields())
        record.totp = StoredSeed(text: secret(address), device: device)
        var again = try read(record).copy()
        #expect(seed(again) == [address, device])
        let with = hex(try again.fields())
        #expect(with != before)
        again.totp = nil
        #expect(hex(try again.fields()) == before)
    }

    @Test("its device alone means nothing, and is not written again")
    func deviceAlone() throws {
        let vector = try #require(Vector.named("ok-totp-device-alone"))
        let vault = try vector.open(vector.bytes)
        let stored = try vault.accessKey(named: try #require(KeyName("alice")))
        guard let record = stored else {
            Issue.record("alice is not there")
            return
        }
        #expect(seed(record) == nil && !record.summary.hasTOTPSeed)
        #expect(!hex(try record.fields()).contains(hex(secret("GAHT12345678"))))
    }
}
