import Failures
import Linux
import RoomSupport
import Secrets
import Sessions
import Setup
import Testing
import Vault

@testable import Stores

private let marker = "libsecret 0123456789abcdef0123456789abcdef\n"

@Suite("Stores: which store it is")
struct WhichStoreTests {
    @Test("a home has no store, a vault, or what its marker names")
    func found() throws {
        let home = try TestHome()
        #expect(try home.keys().store() == nil)
        try home.makeVault()
        #expect(try home.keys().store()?.kind == .file)
        try home.write(marker, to: ".local/share/warder/store")
        #expect(try home.keys().store()?.kind == .libsecret)
    }

    @Test("what needs a store that is not there says how to make one")
    func absent() throws {
        let home = try TestHome()
        let failures = [
            refusal { _ = try home.keys().presentStore() }, refusal { _ = try home.keys().presentVault() },
            refusal { _ = try home.keys().storedRecord(try #require(KeyName("alice"))) },
            refusal { try home.keys().remove(try #require(KeyName("alice"))) },
        ]
        for failure in failures {
            #expect(failure?.code == .notFound)
            #expect(failure?.message == "there is no vault at \(home.path)/.local/share/warder/vault")
            #expect(failure?.hint == "run warder add NAME: it makes one")
        }
        #expect(try !home.keys().holds("alice"))
        let before = try isNone(home.keys().recordBefore(try #require(KeyName("alice"))))
        #expect(before)
    }

    private func isNone(_ record: borrowing AccessKeyRecord?) -> Bool {
        switch record {
        case .none: true
        case .some: false
        }
    }

    @Test("the vault's upkeep is refused where the keys are elsewhere")
    func notAVault() throws {
        let home = try TestHome()
        try home.write(marker, to: ".local/share/warder/store")
        let keys = try home.keys()
        let failure = refusal { _ = try keys.vaultStore() }
        #expect(failure?.code == .usage && failure?.message == "the keys are in the Secret Service, not in a vault")
        #expect(failure?.hint == "to move them: warder store move --to file")
    }

    @Test("the first key goes where the command line says, then where the settings say")
    func chosen() throws {
        let home = try TestHome(settings: "store = libsecret")
        let bySettings = try home.keys()
        try bySettings.chooseStore(nil)
        #expect(try bySettings.store()?.kind == .libsecret)
        let byOption = try home.keys()
        try byOption.chooseStore(.file)
        #expect(try byOption.store()?.kind == .file && byOption.passedOver == nil)
    }

    @Test("where nothing is said, the desktop is passed over for what it lacks")
    func passedOver() throws {
        let home = try TestHome()
        let keys = try home.keys()
        try keys.chooseStore(nil)
        #expect(try keys.store()?.kind == .file)
        #expect(keys.passedOver?.isEmpty == false)
    }

    @Test("a second key goes to the first one's store, and what says otherwise is refused")
    func present() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        try keys.chooseStore(nil)
        try keys.chooseStore(.file)
        #expect(try keys.store()?.kind == .file)
        let failure = refusal { try keys.chooseStore(.libsecret) }
        #expect(failure?.code == .usage && failure?.message == "the keys are in the vault")
        #expect(failure?.hint == "to move all of them: warder store move --to libsecret")
    }

    @Test("settings that name another store than the keys' are wrong by their line")
    func settingsDiffer() throws {
        let home = try TestHome(settings: "store = libsecret")
        try home.makeVault()
        let keys = try home.keys()
        let failure = refusal { try keys.chooseStore(nil) }
        #expect(failure?.code == .badConfig)
        #expect(
            failure?.message
                == "\(home.path)/.config/warder/config:3: store is libsecret, but the keys are in the vault")
        #expect(failure?.hint == "move them: warder store move --to libsecret; or change the line")
    }

    @Test("a vault that takes the Secret Service's place meanwhile is followed to")
    func followed() throws {
        let home = try TestHome()
        try home.write(marker, to: ".local/share/warder/store")
        let keys = try home.keys(["WARDER_KEYFILE": home.path + "/keyfile"])
        #expect(try keys.store()?.kind == .libsecret)
        try home.remove(".local/share/warder/store")
        try home.makeVault()
        #expect(try keys.storedKey("alice").accessKeyID == "AKIAALICE0000000")
        #expect(try keys.store()?.kind == .file)
    }

    @Test("where nothing came in its place, the first failure is the one that is told")
    func notFollowed() throws {
        let home = try TestHome()
        try home.write(marker, to: ".local/share/warder/store")
        let keys = try home.keys()
        let first = refusal { _ = try keys.storedRecord(try #require(KeyName("alice"))) }
        try home.remove(".local/share/warder/store")
        let second = refusal { _ = try keys.storedRecord(try #require(KeyName("alice"))) }
        #expect(first != nil && second?.message == first?.message && second?.code == first?.code)
    }

    @Test("keys that are moved already are not moved")
    func movedAlready() throws {
        let home = try TestHome()
        let none = refusal { try StoreMoving(home.keys()).move(to: .file) }
        #expect(none?.code == .notFound)
        try home.makeVault()
        let keys = try home.keys()
        let failure = refusal { try StoreMoving(keys).move(to: .file) }
        #expect(failure?.code == .usage && failure?.message == "the keys are in the vault already")
        #expect(failure?.hint == "see warder list")
        #expect(try keys.holds("alice"))
    }
}

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

@Suite("Stores: the cached sessions")
struct CachedSessionsTests {
    private func keep(_ profile: String, key: String?, until end: Int64, in home: TestHome, _ keys: Keys) throws {
        let credentials = Credentials(
            accessKeyID: "ASIA\(profile)", secret: secret("s"), sessionToken: secret("t"), expiration: end,
            accountID: nil)
        let label = SessionLabel(profile: profile, key: key, role: nil, mfaDevice: nil, issued: end - 3600)
        let sessions = try keys.sessions()
        try sessions.publish(
            Session(credentials: credentials, label: label), sessions.name(of: Array(profile.utf8)),
            random: .system)
    }

    private func profiles(_ keys: Keys) throws -> [String]? {
        try keys.liveSessions()?.map(\.label.profile).sorted()
    }

    @Test("those that have not ended are listed and counted, and a key's go with it")
    func all() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        let later = home.clock.now + 3600
        try keep("a", key: "alice", until: later, in: home, keys)
        try keep("b", key: "bob", until: later, in: home, keys)
        try keep("none", key: nil, until: later, in: home, keys)
        try keep("old", key: "bob", until: home.clock.now, in: home, keys)
        #expect(try profiles(home.keys()) == ["a", "b", "none"])
        #expect(try home.keys().counts()?.sessions == 3)
        try home.keys().forgetSessions(ofKey: "alice")
        #expect(try profiles(home.keys()) == ["b", "none"])
        home.clock.advance(3600)
        #expect(try profiles(home.keys()) == [])
        home.clock.advance(-3600)
        try home.keys().forgetAllSessions()
        #expect(try profiles(home.keys()) == [])
    }

    @Test("while locked it cannot be told whose they are, and all of a key's go")
    func locked() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        try keep("a", key: "alice", until: home.clock.now + 3600, in: home, keys)
        try keep("b", key: "bob", until: home.clock.now + 3600, in: home, keys)
        _ = try home.keys().lock()
        try home.keys().forgetSessions(ofKey: "alice")
        try home.keys().settle(unlockingFor: 60)
        #expect(try profiles(home.keys()) == [])
    }

    @Test("a home without a store keeps its sessions under a key that lies in memory alone, until it is locked")
    func transient() throws {
        let home = try TestHome()
        let keys = try home.keys()
        try keep("a", key: nil, until: home.clock.now + 3600, in: home, keys)
        #expect(try profiles(keys) == ["a"])
        #expect(try profiles(home.keys()) == ["a"], "another process finds it")
        #expect(try home.keys().lock() == true)
        #expect(try profiles(home.keys()) == nil)
        let later = try home.keys()
        _ = try later.sessions()
        #expect(try profiles(later) == [], "it is another key by now")
        #expect(try !home.unlockedState().isHeld)
        _ = try home.keys().lock()
    }

    @Test("that an answer is not kept is said once")
    func notKept() throws {
        let home = try TestHome()
        let keys = try home.keys()
        for _ in 0..<2 { keys.reportNotCached(.busy) }
        #expect(home.console.lines.count == 1)
        #expect(home.console.lines.first?.hasPrefix("warder: not kept for the next call: ") == true)
    }

    @Test(
        "that the clock is wrong is said once, from five minutes on",
        arguments: [(299, 0), (-299, 0), (300, 1), (-300, 1), (86_400, 1)])
    func clock(offset: Int64, count: Int) throws {
        let home = try TestHome()
        let keys = try home.keys()
        for _ in 0..<2 { keys.reportClockOffset(offset) }
        #expect(home.console.lines.count == count)
        if count > 0 {
            #expect(home.console.lines[0].hasPrefix("warder: this machine's clock is "))
            #expect(home.console.lines[0].hasSuffix(": set it, since programs go by it (timedatectl)"))
        }
        let helper = try home.keys(isHelper: true)
        helper.reportClockOffset(offset)
        #expect(home.console.lines.count == count, "an SDK's helper says nothing beside its answer")
    }
}
