import Failures
import Linux
import RoomSupport
import Secrets
import Testing
import Vault

@testable import Stores

@Suite("Stores: a key as the text of an item in the Secret Service")
struct KeyItemTextTests {
    private static let arn = "arn:aws:iam::111111111111:user/alice"
    private static let device = "arn:aws:iam::111111111111:mfa/alice"

    private func summary(
        _ name: String = "alice", principal: String? = Self.arn, mfa: String? = Self.device
    ) throws -> AccessKeySummary {
        AccessKeySummary(
            name: try #require(KeyName(name)), accessKeyID: "AKIAALICE0000000", createdAt: 1_732_176_000,
            accountID: "111111111111", principalARN: principal, mfaSerial: mfa)
    }

    private func record(_ text: String) throws -> AccessKeyRecord? {
        KeyItemText.record(secret(text), name: try #require(KeyName("alice")))
    }

    private func isNone(_ record: borrowing AccessKeyRecord?) -> Bool {
        switch record {
        case .none: true
        case .some: false
        }
    }

    @Test("it reads as a section of a credentials file")
    func written() throws {
        let record = AccessKeyRecord(
            try summary(), secret: secret("wJalr/of+alice"),
            totp: StoredSeed(text: secret("otpauth://totp/a?secret=MZXW6"), device: Self.device))
        #expect(
            text(KeyItemText.text(record)) == """
                [alice]
                aws_access_key_id = AKIAALICE0000000
                aws_secret_access_key = wJalr/of+alice
                created_at = 1732176000
                account_id = 111111111111
                principal_arn = \(Self.arn)
                mfa_serial = \(Self.device)
                totp_seed = otpauth://totp/a?secret=MZXW6
                totp_device = \(Self.device)

                """)
    }

    @Test("what is written is read as it was", arguments: [nil, "", device])
    func bothWays(seedsDevice: String?) throws {
        let summary = try summary()
        var record = AccessKeyRecord(summary, secret: secret("wJalr/of+alice"))
        if let seedsDevice {
            let device = seedsDevice.isEmpty ? nil : seedsDevice
            record.totp = StoredSeed(text: secret("otpauth://totp/a?secret=MZXW6"), device: device)
        }
        let read = try #require(try keep(self.record(text(KeyItemText.text(record)))))
        let isSame = read.isSame(as: record)
        #expect(isSame)
        let again = read.copy()
        #expect(again.summary == record.summary)
    }

    /// A record in a form that `#require` takes.
    private func keep(_ record: consuming AccessKeyRecord?) -> SharedRecord? {
        switch consume record {
        case .some(let record): SharedRecord(record)
        case .none: nil
        }
    }

    @Test("a value that would bring lines of its own is left out")
    func lineBreaks() throws {
        let record = AccessKeyRecord(
            try summary(principal: "a\naws_secret_access_key = x", mfa: "b\r"), secret: secret("s3cret"),
            totp: StoredSeed(text: secret("otpauth://x"), device: "d\nq"))
        let written = text(KeyItemText.text(record))
        #expect(
            !written.contains("principal_arn") && !written.contains("mfa_serial") && !written.contains("totp_device"))
        #expect(written.contains("account_id = 111111111111\n") && written.contains("totp_seed = otpauth://x\n"))
    }

    @Test("settings that only a newer version knows are kept for the next writing, and no other lines")
    func newer() throws {
        let known = text(KeyItemText.text(AccessKeyRecord(try summary(), secret: secret("s"))))
        let read = try #require(keep(try record(known + "hello\n  odd = 1\ncolour = green = blue\n# a = b\nx2 = \n")))
        #expect(read.holdsUnknown && text(KeyItemText.text(read.copy())) == known + "colour = green = blue\nx2 = \n")
        let plain = try #require(keep(try record(known)))
        #expect(!plain.holdsUnknown)
        let isSame = read.isSame(as: plain.copy()) || plain.isSame(as: read.copy())
        #expect(!isSame)
    }

    @Test("lines that are not known are passed over, and only the id and the secret must be there")
    func lenient() throws {
        let read = try #require(
            keep(
                try record(
                    "hello\naws_access_key_id = AKIAX\nnewer = 1\n  aws_secret_access_key = no\n"
                        + "aws_secret_access_key = yes")))
        let copy = read.copy()
        #expect(text(copy.secret) == "yes" && copy.summary.accessKeyID == "AKIAX" && copy.summary.createdAt == 0)
        #expect(copy.summary.accountID == nil && copy.summary.mfaSerial == nil && !copy.summary.hasTOTPSeed)
    }

    @Test(
        "what is not a key is none",
        arguments: [
            "", "\n", "[alice]\naws_access_key_id = AKIAX\n", "aws_secret_access_key = yes\n",
            "aws_access_key_id = AKIAX\naws_secret_access_key = \n",
            "aws_access_key_id = \naws_secret_access_key = x\n",
            "aws_access_key_id = AKIAX\naws_secret_access_key = a b\n",
            "aws_access_key_id = AKIAX\naws_secret_access_key = ä\n",
            "aws_access_key_id = AKIAX\naws_secret_access_key = a\r\n",
            "aws_access_key_id=AKIAX\naws_secret_access_key=yes\n",
        ])
    func notAKey(_ text: String) throws {
        let none = isNone(try record(text))
        #expect(none)
    }

    @Test("a label names the key, its id, and whether a seed is stored")
    func labels() throws {
        var record = AccessKeyRecord(try summary(), secret: secret("s"))
        let plain = KeyItemText.label(record.summary)
        #expect(plain == "warder: alice (AKIAALICE0000000)")
        #expect(KeyItemText.accessKeyID(ofLabel: plain) == "AKIAALICE0000000" && !KeyItemText.hasTOTPSeed(label: plain))
        record.totp = StoredSeed(text: secret("otpauth://x"), device: nil)
        let seeded = KeyItemText.label(record.summary)
        #expect(seeded == "warder: alice with TOTP (AKIAALICE0000000)")
        #expect(
            KeyItemText.accessKeyID(ofLabel: seeded) == "AKIAALICE0000000" && KeyItemText.hasTOTPSeed(label: seeded))
    }

    @Test(
        "a label that somebody rewrote shows no id",
        arguments: [
            "", "mine", "(", "()", "alice AKIAX)", "alice (AKIAX", "alice (akiax)", "alice (AKIA X)", "a (ÄKIA)",
        ])
    func otherLabels(_ label: String) { #expect(KeyItemText.accessKeyID(ofLabel: label) == nil) }

    @Test("the same key is told from another by name, id, secret, seed and device")
    func same() throws {
        func record(
            _ name: String = "alice", _ secretText: String = "s", seed: String? = nil, device: String? = nil
        ) throws -> AccessKeyRecord {
            var record = AccessKeyRecord(try summary(name), secret: secret(secretText))
            if let seed { record.totp = StoredSeed(text: secret(seed), device: device) }
            return record
        }
        let one = try record()
        let seeded = try record(seed: "x", device: "d")
        let (same, differs) = (one.isSame(as: try record()), !one.isSame(as: try record("bob")))
        #expect(same && differs)
        let bySecret = one.isSame(as: try record("alice", "t"))
        let bySeed = one.isSame(as: seeded) || seeded.isSame(as: one)
        #expect(!bySecret && !bySeed)
        let seededSame = seeded.isSame(as: try record(seed: "x", device: "d"))
        let otherSeed = seeded.isSame(as: try record(seed: "y", device: "d"))
        let otherDevice = seeded.isSame(as: try record(seed: "x"))
        #expect(seededSame && !otherSeed && !otherDevice)
    }
}
