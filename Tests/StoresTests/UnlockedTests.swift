import Failures
import Linux
import RoomSupport
import Secrets
import Sessions
import Setup
import Testing
import Vault

@testable import Stores

@Suite("Stores: what lies unlocked")
struct UnlockedTests {
    private func name() throws -> KeyName { try #require(KeyName("alice")) }

    @Test("a store that opens leaves the sessions unlocked for the time of the settings, and its list noted")
    func opened() throws {
        let home = try TestHome(settings: "unlock_time = 90s")
        try home.makeVault([TestKey("alice"), TestKey("bob", seed: "otpauth://x")])
        #expect(try home.keys().index() == nil)
        _ = try home.keys().sessions()
        let deadline = try #require(home.unlockedState().deadline)
        #expect((1...90_000).contains(deadline.remaining))
        let other = try home.keys(["WARDER_KEYFILE": "/nowhere"])
        let indexed = try #require(try other.index())
        #expect(indexed.map(\.name).sorted() == ["alice", "bob"])
        #expect(indexed.first { $0.name == "bob" }?.hasTOTPSeed == true)
        #expect(try other.store()?.isOpen == false, "the list needs no key")
        let listing = try other.listing()
        #expect(listing.keys == indexed && listing.failure == nil)
    }

    @Test("while locked nothing is known, and nothing is asked for")
    func locked() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys(["WARDER_KEYFILE": "/nowhere"])
        let sessions = try isNone(keys.unlockedSessions())
        #expect(sessions)
        #expect(try keys.index() == nil && keys.liveSessions() == nil && keys.counts() == nil)
        let listing = try keys.listing()
        #expect(listing.keys == nil && listing.failure == nil)
        #expect(try keys.store()?.isOpen == false)
    }

    private func isNone(_ sessions: borrowing SessionCache?) -> Bool {
        switch sessions {
        case .none: true
        case .some: false
        }
    }

    @Test("unlocking for a time begins that time anew; opening does not")
    func times() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        try keys.settle(unlockingFor: 50)
        let first = try #require(home.unlockedState().deadline)
        #expect((1...50_000).contains(first.remaining))
        try home.keys().settle()
        #expect(try home.unlockedState().deadline == first, "another opening leaves it")
        try keys.settle(unlockingFor: 100)
        let second = try #require(home.unlockedState().deadline)
        #expect(second.remaining > 50_000)
    }

    @Test("what warder lock took stays away until warder unlock, although the store opens by itself")
    func held() throws {
        let home = try TestHome()
        try home.makeVault()
        #expect(try home.keys().lock() == false)
        _ = try? home.keys().settle(unlockingFor: 60)
        #expect(try home.keys().lock() == true)
        #expect(try home.unlockedState().isHeld && home.unlockedState().deadline == nil)
        let keys = try home.keys()
        let failures = [
            refusal { _ = try keys.sessions() }, refusal { _ = try keys.storedRecord(try name()) },
            refusal { _ = try keys.holds("alice") }, refusal { _ = try keys.storedKey("alice") },
        ]
        for failure in failures {
            #expect(failure?.code == .locked && failure?.message == "warder is locked, by warder lock")
            #expect(failure?.hint == "run warder unlock")
        }
        switch try keys.storeOutlook(needsCache: true) {
        case .closed(let closed): #expect(closed.message == "warder is locked, by warder lock")
        default: Issue.record("it would open")
        }
        // To store a key is to be at work on the store, and unlocks it for nobody.
        try keys.put(home.key("bob"), replacing: false)
        #expect(try home.unlockedState().isHeld && home.unlockedState().deadline == nil)
        try home.keys().settle(unlockingFor: 60)
        #expect(try !home.unlockedState().isHeld)
        #expect(try home.keys().storedKey("alice").accessKeyID == "AKIAALICE0000000")
    }

    @Test("an opening that began before the lock unlocks nothing after it")
    func beganBefore() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        let store = try keys.presentStore()
        _ = try store.sessionCacheKey()
        _ = try home.keys().lock()
        try keys.settle()
        #expect(try home.unlockedState().deadline == nil)
        let failure = refusal { try keys.settle(unlockingFor: 60) }
        #expect(failure != nil)
        #expect(try home.unlockedState().deadline == nil)
    }

    @Test("a vault that asks for its passphrase is not held back: it opens for nobody by itself")
    func passphraseVault() throws {
        let home = try TestHome()
        try home.makePassphraseVault()
        _ = try home.keys().lock()
        #expect(try !home.unlockedState().isHeld)
        let keys = try home.keys()
        let failure = refusal { _ = try keys.storedRecord(try name()) }
        #expect(failure?.code == .locked)
        #expect(failure?.message == "the vault \(home.path)/.local/share/warder/vault is locked")
        #expect(failure?.hint == "run warder unlock in a terminal")
    }

    @Test("where the sessions are unlocked and a key is wanted, that is what is said")
    func keysLocked() throws {
        let home = try TestHome()
        try home.makePassphraseVault()
        try Keys(home.context(["WARDER_PASSPHRASE": passphrase])).settle(unlockingFor: 60)
        let keys = try home.keys()
        _ = try keys.sessions()
        let failure = refusal { _ = try keys.storedRecord(try name()) }
        #expect(failure?.code == .locked && failure?.cause == .keysLocked && failure?.fault == "keys_locked")
        #expect(failure?.message.hasPrefix("the session cache is unlocked, but this needs a key itself") == true)
        #expect(failure?.hint == "run this in a terminal, or warder unlock --keys in one")
    }

    @Test("the data key that is left unlocked opens the vault, and goes with the lock")
    func dataKey() throws {
        let home = try TestHome()
        try home.makePassphraseVault()
        let opened = VaultStore(try home.context(["WARDER_PASSPHRASE": passphrase]))
        try opened.leaveUnlocked(seconds: 60)
        let vault = try home.vault()
        #expect(try vault.opensUnasked())
        let record = try vault.record(try name())
        switch consume record {
        case .some(let record): #expect(text(record.secret) == "secret of alice")
        case .none: Issue.record("it is not there")
        }
        _ = try home.keys().lock()
        #expect(try !home.vault().opensUnasked())
        let failure = refusal { try home.vault().open() }
        #expect(failure?.code == .locked)
    }

    @Test("what a key's list shows follows each change")
    func index() throws {
        let home = try TestHome()
        try home.makeVault([])
        let keys = try home.keys()
        func names() throws -> [String] { try #require(try home.keys().index()).map(\.name).sorted() }
        try keys.put(home.key("alice"), replacing: false)
        #expect(try names() == ["alice"])
        try keys.put(home.key("bob"), replacing: false)
        try keys.setTOTPSeed(StoredSeed(text: secret("otpauth://x"), device: "d"), of: try #require(KeyName("bob")))
        #expect(try names() == ["alice", "bob"])
        #expect(try home.keys().index()?.first { $0.name == "bob" }?.hasTOTPSeed == true)
        try keys.put(home.key("bob"), replacing: true)
        #expect(try home.keys().index()?.first { $0.name == "bob" }?.hasTOTPSeed == true, "it keeps its seed")
        try keys.remove(try name())
        #expect(try names() == ["bob"])
    }

    @Test("a stored key is ready to sign, and one that is not there is named")
    func storedKey() throws {
        let home = try TestHome()
        try home.makeVault()
        let key = try home.keys().storedKey("alice")
        #expect(key.accessKeyID == "AKIAALICE0000000" && text(key.secret) == "secret-of-AKIAALICE0000000")
        #expect(key.accountID == "111111111111" && key.expiration == nil)
        for name in ["bob", "no name"] {
            let failure = refusal { _ = try home.keys().storedKey(name) }
            #expect(failure?.code == .notFound && failure?.message == "there is no key named \(name)")
        }
        #expect(try home.keys().holds("alice") && !home.keys().holds("bob") && !home.keys().holds("no name"))
    }

    @Test("a seed is given for its device, or for any where it has none")
    func seeds() throws {
        let home = try TestHome()
        try home.makeVault([
            TestKey("plain"), TestKey("any", seed: "otpauth://any"),
            TestKey("one", seed: "otpauth://one", device: "d1"),
        ])
        let keys = try home.keys()
        func seed(_ name: String, _ device: String) throws -> String? {
            text(ifPresent: try keys.totpSeed(name, device: device))
        }
        #expect(try seed("plain", "d1") == nil)
        #expect(try seed("any", "d1") == "otpauth://any" && seed("any", "d2") == "otpauth://any")
        #expect(try seed("one", "d1") == "otpauth://one" && seed("one", "d2") == nil)
        let failure = refusal { _ = try seed("bob", "d1") }
        #expect(failure?.code == .notFound)
        try keys.setTOTPSeed(nil, of: try #require(KeyName("any")))
        #expect(try seed("any", "d1") == nil)
    }
}
