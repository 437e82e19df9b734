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
