import Crypto
import Secrets
import Testing
import Vault

private let serviceKey = "0123456789abcdef0123456789abcdef"
private let otherKey = "fedcba9876543210fedcba9876543210"
private let keyfile = "what is in a key file, 36 bytes long"

/// What opening ends in: "ok", or the class of error.
private func outcome(_ open: () throws(VaultError) -> Vault) -> String {
    failure { () throws(VaultError) in _ = try open() }.map(name(of:)) ?? "ok"
}

@Suite("Vault: slots for keys")
struct KeySlotTests {
    @Test("two libsecret slots and two key files each open the vault, and are told apart")
    func several() throws {
        var vault = try Vault.create(random: .system)
        let identifiers = [
            try vault.addLibsecretSlot(secret(serviceKey), random: .system),
            try vault.addLibsecretSlot(secret(otherKey), random: .system),
            try vault.addKeyfileSlot(secret(keyfile), random: .system),
            try vault.addKeyfileSlot(secret(keyfile + "\n"), random: .system),
        ]
        #expect(Set(identifiers).count == 4)
        #expect(identifiers.allSatisfy { $0.count == 16 && $0.allSatisfy { "0123456789abcdef".contains($0) } })
        #expect(vault.slotSummaries.map(\.identifier) == identifiers)
        #expect(vault.slotTypes == [.libsecret, .libsecret, .keyfile, .keyfile])
        let salts = vault.slots.map { slot in slot.body.span.withUnsafeBytes { hex(SecretBytes(copying: $0)) } }
        #expect(salts.map { String($0.prefix(16)) } == identifiers)
        let file = try vault.seal(random: .system)
        for given in [serviceKey, otherKey] {
            let opened = try Vault.open(file, libsecretKey: secret(given))
            #expect(opened.slots == vault.slots)
            let name = outcome { () throws(VaultError) in try Vault.open(file, keyfile: secret(given)) }
            #expect(name == "wrong-passphrase", "a key of one type opens no slot of the other")
        }
        for given in [keyfile, keyfile + "\n"] {
            let opened = try Vault.open(file, keyfile: secret(given))
            #expect(opened.slotSummaries == vault.slotSummaries)
        }
        let wrong = outcome { () throws(VaultError) in try Vault.open(file, keyfile: secret(keyfile + "\r\n")) }
        #expect(wrong == "wrong-passphrase")
    }

    @Test("a slot is removed by its identifier, and no other; the last one stays")
    func removed() throws {
        var vault = try Vault.create(random: .system)
        let first = try vault.addLibsecretSlot(secret(serviceKey), random: .system)
        let second = try vault.addLibsecretSlot(secret(otherKey), random: .system)
        let code = try vault.setRecoveryCode(random: .system)
        try vault.removeSlot(first)
        let file = try vault.seal(random: .system)
        #expect(
            outcome { () throws(VaultError) in try Vault.open(file, libsecretKey: secret(serviceKey)) }
                == "wrong-passphrase")
        #expect(outcome { () throws(VaultError) in try Vault.open(file, libsecretKey: secret(otherKey)) } == "ok")
        #expect(outcome { () throws(VaultError) in try Vault.open(file, recoveryCode: code) } == "ok")
        #expect(failure { () throws(VaultError) in try vault.removeSlot(first) } == .noSuchSlotIdentifier(first))
        let recovery = vault.slotSummaries[1].identifier
        try vault.removeSlot(recovery)
        #expect(failure { () throws(VaultError) in try vault.removeSlot(second) } == .noSlots)
        #expect(vault.slotSummaries.map(\.identifier) == [second] && vault.slotTypes == [.libsecret])
    }

    @Test("an empty identifier means no slot, though those of unknown types have it")
    func emptyIdentifier() throws {
        let vector = try #require(Vector.named("ok-unknown"))
        var vault = try vector.open(vector.bytes)
        let slots = vault.slots
        #expect(vault.slotSummaries.filter { $0.identifier.isEmpty }.count == 6)
        #expect(failure { () throws(VaultError) in try vault.removeSlot("") } == .noSuchSlotIdentifier(""))
        #expect(vault.slots == slots)
    }

    @Test("of eight slots any one may be of any type; a ninth is refused")
    func ninth() throws {
        var vault = try Vault.create(random: .system)
        for _ in 0..<4 {
            try vault.addLibsecretSlot(secret(serviceKey), random: .system)
            try vault.addKeyfileSlot(secret(keyfile), random: .system)
        }
        let slots = vault.slots
        #expect(
            failure { () throws(VaultError) in try vault.addLibsecretSlot(secret(serviceKey), random: .system) }
                == .tooManySlots)
        #expect(
            failure { () throws(VaultError) in try vault.addKeyfileSlot(secret(keyfile), random: .system) }
                == .tooManySlots)
        #expect(vault.slots == slots)
        let file = try vault.seal(random: .system)
        #expect(outcome { () throws(VaultError) in try Vault.open(file, keyfile: secret(keyfile)) } == "ok")
    }

    @Test("keys of another size are refused, when a slot is made and when it is opened", arguments: [0, 1, 31, 33, 64])
    func keySizes(_ size: Int) throws {
        var vault = try Vault.create(random: .system)
        let odd = SecretBytes(zeros: size)
        let expected = VaultError.unusableKey(size: size)
        #expect(failure { () throws(VaultError) in try vault.addLibsecretSlot(odd, random: .system) } == expected)
        #expect(
            failure { () throws(VaultError) in _ = try Vault.create(sessionCacheKey: odd, random: .system) }
                == expected)
        #expect(failure { () throws(VaultError) in _ = try Vault.open([], libsecretKey: odd) } == expected)
        #expect(vault.slots.isEmpty)
        try vault.addLibsecretSlot(secret(serviceKey), random: .system)
        let file = try vault.seal(random: .system)
        #expect(failure { () throws(VaultError) in _ = try Vault.open(file, dataKey: odd) } == .wrongPassphrase)
    }

    @Test("a key file has 32 to 8192 bytes", arguments: [0, 31, 32, 8192, 8193])
    func keyfileSizes(_ size: Int) throws {
        let fits = size == 32 || size == 8192
        var vault = try Vault.create(random: .system)
        let contents = SecretBytes(zeros: size)
        let expected: VaultError? = fits ? nil : .unusableKeyfile(size: size)
        #expect(failure { () throws(VaultError) in try vault.addKeyfileSlot(contents, random: .system) } == expected)
        #expect(vault.slots.count == (fits ? 1 : 0))
        if !fits { try vault.addKeyfileSlot(secret(keyfile), random: .system) }
        let file = try vault.seal(random: .system)
        #expect(failure { () throws(VaultError) in _ = try Vault.open(file, keyfile: contents) } == expected)
    }

    @Test("without random bytes no slot is added and no key is renewed")
    func noRandom() throws {
        let none = RandomSource { _ in false }
        var vault = try Vault.create(random: .system)
        try vault.addKeyfileSlot(secret(keyfile), random: .system)
        let (slots, dataKey) = (vault.slots, hex(vault.copyOfDataKey()))
        #expect(failure { () throws(VaultError) in try vault.addKeyfileSlot(secret(keyfile), random: none) } != nil)
        #expect(
            failure { () throws(VaultError) in try vault.addLibsecretSlot(secret(serviceKey), random: none) } != nil)
        #expect(failure { () throws(VaultError) in try vault.renewKeys(random: none) } != nil)
        let after = hex(vault.copyOfDataKey())
        #expect(vault.slots == slots && after == dataKey)
    }
}

@Suite("Vault: its keys")
struct KeyTests {
    @Test("the data key opens this and later generations, and another one does not")
    func dataKey() throws {
        var vault = try Vault.create(random: .system)
        try vault.addKeyfileSlot(secret(keyfile), random: .system)
        let dataKey = vault.copyOfDataKey()
        let first = try vault.seal(random: .system)
        try vault.addLibsecretSlot(secret(serviceKey), random: .system)
        let second = try vault.seal(random: .system)
        for file in [first, second] {
            #expect(outcome { () throws(VaultError) in try Vault.open(file, dataKey: dataKey) } == "ok")
        }
        let stranger = try Vault.create(random: .system).copyOfDataKey()
        #expect(outcome { () throws(VaultError) in try Vault.open(first, dataKey: stranger) } == "wrong-passphrase")
        var changed = try Vault.open(first, dataKey: dataKey)
        let resealed = try changed.seal(random: .system)
        #expect(outcome { () throws(VaultError) in try Vault.open(resealed, keyfile: secret(keyfile)) } == "ok")
    }

    @Test("a vault made with a session-cache key has that one")
    func givenCacheKey() throws {
        let vault = try Vault.create(sessionCacheKey: secret(serviceKey), random: .system)
        let kept = secretText(try vault.sessionCacheKey())
        let dataKey = hex(vault.copyOfDataKey())
        #expect(kept == serviceKey)
        #expect(dataKey != hex(secret(serviceKey)))
    }

    @Test("renewed keys shut out all that opened the vault before; the old file still opens")
    func renewed() throws {
        let name = try #require(KeyName("alice"))
        let summary = AccessKeySummary(name: name, accessKeyID: "AKIAIOSFODNN7EXAMPLE", createdAt: 1)
        var vault = try Vault.create(random: .system)
        try vault.setPassphrase(secret("pass"), cost: try #require(ScryptCost(logN: 15)), random: .system)
        let code = try vault.setRecoveryCode(random: .system)
        try vault.addLibsecretSlot(secret(serviceKey), random: .system)
        try vault.addKeyfileSlot(secret(keyfile), random: .system)
        try vault.add(AccessKeyRecord(summary, secret: secret("alice's")))
        let dataKey = vault.copyOfDataKey()
        let (oldDataKey, cacheKey) = (hex(dataKey), hex(try vault.sessionCacheKey()))
        let before = try vault.seal(random: .system)

        try vault.renewKeys(random: .system)
        #expect(vault.slots.isEmpty)
        #expect(failure { () throws(VaultError) in _ = try vault.seal(random: .system) } == .noSlots)
        try vault.addKeyfileSlot(secret(otherKey), random: .system)
        let after = try vault.seal(random: .system)
        let ways = [
            outcome { () throws(VaultError) in try Vault.open(after, passphrase: secret("pass")) },
            outcome { () throws(VaultError) in try Vault.open(after, recoveryCode: code) },
            outcome { () throws(VaultError) in try Vault.open(after, libsecretKey: secret(serviceKey)) },
            outcome { () throws(VaultError) in try Vault.open(after, keyfile: secret(keyfile)) },
            outcome { () throws(VaultError) in try Vault.open(after, dataKey: dataKey) },
        ]
        #expect(ways == ["no-such-slot", "no-such-slot", "no-such-slot", "wrong-passphrase", "wrong-passphrase"])
        let opened = try Vault.open(after, keyfile: secret(otherKey))
        let (newCacheKey, newDataKey) = (hex(try opened.sessionCacheKey()), hex(opened.copyOfDataKey()))
        #expect(newCacheKey != cacheKey && newCacheKey.count == 64 && newDataKey != oldDataKey)
        #expect(opened.identifier == vault.identifier && opened.generation == 2)
        let summaries = try opened.accessKeySummaries()
        #expect(summaries == [summary])
        #expect(outcome { () throws(VaultError) in try Vault.open(before, passphrase: secret("pass")) } == "ok")
        #expect(outcome { () throws(VaultError) in try Vault.open(before, dataKey: dataKey) } == "ok")
    }

    @Test("renewing the keys drops slots of unknown types and keeps records of unknown types")
    func renewedUnknown() throws {
        let vector = try #require(Vector.named("ok-unknown"))
        var vault = try vector.open(vector.bytes)
        try vault.renewKeys(random: .system)
        try vault.addKeyfileSlot(secret(keyfile), random: .system)
        let again = try Vault.open(vault.seal(random: .system), keyfile: secret(keyfile))
        #expect(again.slotTypes == [.keyfile])
        let (records, old) = (hex(again.records.bytes), try #require(vector.holds))
        #expect(records.contains("6300000002ff00") && records.contains("ff00000000"))
        #expect(!records.contains(old.sessionCacheKey))
        let content = try again.content()
        #expect(content.accessKeys == old.accessKeys)
    }
}
