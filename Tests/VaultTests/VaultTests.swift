import Crypto
import Fields
import Secrets
import Testing
import Vault

private let cheap = ScryptCost(logN: 15)

private func summary(_ name: String) throws -> AccessKeySummary {
    AccessKeySummary(
        name: try #require(KeyName(name)), accessKeyID: "AKIAIOSFODNN7EXAMPLE", createdAt: 1_795_247_217,
        accountID: "111111111111", principalARN: "arn:aws:iam::111111111111:user/alice",
        mfaSerial: "arn:aws:iam::111111111111:mfa/alice")
}

/// The error that `body` ends in; nil where it does not.
func failure(_ body: () throws(VaultError) -> Void) -> VaultError? {
    do throws(VaultError) {
        try body()
        return nil
    } catch { return error }
}

@Suite("Vault: in memory")
struct VaultTests {
    @Test("a new vault has a key for sessions, and nothing else")
    func new() throws {
        let vault = try Vault.create(random: .system)
        let other = try Vault.create(random: .system)
        let (key, otherKey) = (hex(try vault.sessionCacheKey()), hex(try other.sessionCacheKey()))
        let summaries = try vault.accessKeySummaries()
        #expect(summaries.isEmpty)
        #expect(vault.generation == 0 && vault.slotTypes.isEmpty)
        #expect(key.count == 64 && key != otherKey)
        #expect(vault.identifier != other.identifier)
    }

    @Test("what is stored is there after sealing and opening, by passphrase and by code")
    func roundTrip() throws {
        var vault = try Vault.create(random: .system)
        let cacheKey = hex(try vault.sessionCacheKey())
        try vault.setPassphrase(secret("pass"), cost: try #require(cheap), random: .system)
        let code = try vault.setRecoveryCode(random: .system)
        for name in ["alice", "bob", "carol"] {
            try vault.add(AccessKeyRecord(summary(name), secret: secret("secret of \(name)")))
        }
        let file = try vault.seal(random: .system)
        for byCode in [false, true] {
            let opened =
                try byCode ? Vault.open(file, recoveryCode: code) : Vault.open(file, passphrase: secret("pass"))
            let summaries = try opened.accessKeySummaries()
            #expect(try summaries == ["alice", "bob", "carol"].map(summary))
            let bob = text(try #require(KeyName("bob")), in: opened)
            #expect(bob == "secret of bob")
            let openedKey = hex(try opened.sessionCacheKey())
            #expect(openedKey == cacheKey)
            #expect(opened.generation == 1 && opened.slotTypes == [.passphrase, .recovery])
        }
    }

    private func text(_ name: KeyName, in vault: borrowing Vault) -> String? {
        guard let record = try? vault.accessKey(named: name) else { return nil }
        return secretText(record.secret)
    }

    @Test("each sealing is a new generation under a new key")
    func generations() throws {
        var vault = try Vault.create(random: .system)
        _ = try vault.setRecoveryCode(random: .system)
        let first = try vault.seal(random: .system)
        let second = try vault.seal(random: .system)
        #expect(vault.generation == 2)
        let records = 41 + 115
        #expect(first[..<39] == second[..<39] && first[39] == 1 && second[39] == 2)
        #expect(first[40..<records] == second[40..<records], "slots are not written anew")
        #expect(first[records..<records + 32] != second[records..<records + 32])
        #expect(first[(records + 36)...] != second[(records + 36)...])
    }

    @Test("a file's size tells of the records in steps of 256 bytes")
    func padding() throws {
        var vault = try Vault.create(random: .system)
        _ = try vault.setRecoveryCode(random: .system)
        var sizes: Set<Int> = []
        for length in 0..<300 {
            let record = AccessKeyRecord(try summary("k"), secret: SecretBytes(zeros: length))
            if length == 0 { try vault.add(record) } else { try vault.replace(record) }
            sizes.insert(try vault.seal(random: .system).count)
        }
        #expect(sizes.count == 2 || sizes.count == 3)
        #expect(Set(sizes.map { $0 % 256 }).count == 1)
    }

    @Test("names are taken once, replaced and removed where they are there")
    func names() throws {
        var vault = try Vault.create(random: .system)
        let (alice, bob) = (try summary("alice"), try summary("bob"))
        try vault.add(AccessKeyRecord(alice, secret: secret("one")))
        #expect(
            failure { () throws(VaultError) in try vault.add(AccessKeyRecord(alice, secret: secret("two"))) }
                == .nameTaken(alice.name))
        #expect(
            failure { () throws(VaultError) in try vault.replace(AccessKeyRecord(bob, secret: secret("two"))) }
                == .noSuchKey(bob.name))
        #expect(failure { () throws(VaultError) in try vault.remove(bob.name) } == .noSuchKey(bob.name))
        #expect(text(alice.name, in: vault) == "one")
        try vault.add(AccessKeyRecord(bob, secret: secret("bob's")))
        try vault.replace(AccessKeyRecord(alice, secret: secret("two")))
        #expect(text(alice.name, in: vault) == "two" && text(bob.name, in: vault) == "bob's")
        try vault.remove(alice.name)
        let left = try vault.accessKeySummaries()
        #expect(left == [bob])
        #expect(text(alice.name, in: vault) == nil)
    }

    @Test("a changed record keeps the fields that are not known; so do all others, and unknown records and slots")
    func unknown() throws {
        let vector = try #require(Vector.named("ok-unknown"))
        var vault = try vector.open(vector.bytes)
        let slots = vault.slots
        let name = try #require(KeyName("alice"))
        let stored = try vault.accessKey(named: name)
        guard var record = stored else {
            Issue.record("alice is not there")
            return
        }
        record.summary.accessKeyID = "AKIAI44QH8DHBEXAMPLE"
        record.secret = secret("another")
        try vault.replace(record)
        try vault.add(AccessKeyRecord(summary("bob"), secret: secret("bob's")))
        try vault.remove(try #require(KeyName("bob")))
        let again = try vector.open(vault.seal(random: .system))
        #expect(again.slots == slots)
        #expect(tags(again.records.bytes).sorted() == [1, 2, 99, 255])
        #expect(hex(again.records.bytes).contains("6300000002ff00"), "record 99")
        let kept = try again.accessKey(named: name)
        guard let kept else {
            Issue.record("alice is not there any more")
            return
        }
        let fields = try kept.fields()
        #expect(tags(fields) == [1, 2, 3, 4, 200, 8])
        #expect(hex(fields).hasSuffix("c800000005006e6f74650800000000"))
        #expect(secretText(kept.secret) == "another")
    }

    private func tags(_ fields: borrowing SecretBytes) -> [UInt8] {
        fields.withUnsafeBytes { bytes in
            var tags: [UInt8] = []
            var reader = FieldReader(bytes)
            while let field = try? reader.next() { tags.append(field.tag) }
            return tags
        }
    }
}

@Suite("Vault: slots")
struct SlotTests {
    @Test("a vault without a slot is not sealed, and the last one stays")
    func last() throws {
        var vault = try Vault.create(random: .system)
        #expect(failure { () throws(VaultError) in _ = try vault.seal(random: .system) } == .noSlots)
        #expect(vault.generation == 0)
        _ = try vault.setRecoveryCode(random: .system)
        #expect(failure { () throws(VaultError) in try vault.removeSlots(.passphrase) } == .noSuchSlot(.passphrase))
        #expect(failure { () throws(VaultError) in try vault.removeSlots(.recovery) } == .noSlots)
        #expect(vault.slotTypes == [.recovery])
    }

    @Test("a new passphrase takes the place of the old one, and leaves the recovery code as it is")
    func replaced() throws {
        let cost = try #require(cheap)
        var vault = try Vault.create(random: .system)
        try vault.setPassphrase(secret("old"), cost: cost, random: .system)
        let code = try vault.setRecoveryCode(random: .system)
        try vault.setPassphrase(secret("new"), cost: cost, random: .system)
        let file = try vault.seal(random: .system)
        #expect(vault.slotTypes == [.passphrase, .recovery])
        #expect(
            failure { () throws(VaultError) in _ = try Vault.open(file, passphrase: secret("old")) } == .wrongPassphrase
        )
        #expect(failure { () throws(VaultError) in _ = try Vault.open(file, passphrase: secret("new")) } == nil)
        #expect(failure { () throws(VaultError) in _ = try Vault.open(file, recoveryCode: code) } == nil)
        try vault.removeSlots(.passphrase)
        let without = try vault.seal(random: .system)
        #expect(
            failure { () throws(VaultError) in _ = try Vault.open(without, passphrase: secret("new")) }
                == .noSuchSlot(.passphrase))
    }

    @Test("a slot that is set again has another salt, though the passphrase is the same")
    func freshSalt() throws {
        var vault = try Vault.create(random: .system)
        var bodies: Set<[UInt8]> = []
        for _ in 0..<2 {
            try vault.setPassphrase(secret("same"), cost: try #require(cheap), random: .system)
            bodies.insert(Array(vault.slots[0].body[1..<33]))
        }
        #expect(bodies.count == 2)
    }

    @Test("an empty passphrase, a ninth slot and a generation past the last are refused")
    func refused() throws {
        var vault = try Vault.create(random: .system)
        #expect(
            failure { () throws(VaultError) in try vault.setPassphrase(SecretBytes(capacity: 0), random: .system) }
                == .emptyPassphrase)
        let full = try #require(Vector.named("ok-full"))
        var eight = try full.open(full.bytes)
        #expect(eight.slots.count == 8)
        #expect(failure { () throws(VaultError) in _ = try eight.setRecoveryCode(random: .system) } == .tooManySlots)
        let last = try #require(Vector.named("ok-last-generation"))
        var final = try last.open(last.bytes)
        #expect(failure { () throws(VaultError) in _ = try final.seal(random: .system) } == .lastGeneration)
    }

    @Test("without random bytes nothing is made")
    func noRandom() throws {
        let none = RandomSource { _ in false }
        #expect(
            failure { () throws(VaultError) in _ = try Vault.create(random: none) }
                == .crypto(.refused("random bytes")))
        var vault = try Vault.create(random: .system)
        #expect(failure { () throws(VaultError) in _ = try vault.setRecoveryCode(random: none) } != nil)
        _ = try vault.setRecoveryCode(random: .system)
        #expect(failure { () throws(VaultError) in _ = try vault.seal(random: none) } != nil)
        #expect(vault.generation == 0)
    }

    @Test("what would not be read back is not sealed")
    func tooLarge() throws {
        var vault = try Vault.create(random: .system)
        _ = try vault.setRecoveryCode(random: .system)
        let half = VaultHeader.maximumFileSize / 2
        try vault.add(AccessKeyRecord(summary("a"), secret: SecretBytes(zeros: half)))
        let fits = try vault.seal(random: .system)
        #expect(fits.count > half)
        try vault.add(AccessKeyRecord(summary("b"), secret: SecretBytes(zeros: half)))
        #expect(failure { () throws(VaultError) in _ = try vault.seal(random: .system) } == .tooLarge)
        #expect(
            failure { () throws(VaultError) in
                try vault.replace(AccessKeyRecord(summaryA(), secret: SecretBytes(zeros: 2 * half)))
            } == .tooLarge)
        let names = try vault.accessKeySummaries().map(\.name.text)
        #expect(names == ["a", "b"])
    }

    private func summaryA() throws(VaultError) -> AccessKeySummary {
        guard let name = KeyName("a") else { throw .damaged }
        return AccessKeySummary(name: name, accessKeyID: "AKIAIOSFODNN7EXAMPLE", createdAt: 0)
    }
}
