import Failures
import Linux
import RoomSupport
import Secrets
import Setup
import Text
import Testing
import Vault

@testable import Stores

@Suite("Stores: the vault's passphrase, recovery code and copies")
struct VaultUpkeepTests {
    private func types(_ home: TestHome) throws -> [SlotType] { try home.vault().slots().map(\.type) }

    private func opens(_ home: TestHome, _ variables: [String: String] = [:]) throws -> Bool {
        refusal { try home.vault(variables).open() } == nil
    }

    @Test("a new vault's recovery code is given out alone, and opens it for a new passphrase")
    func recovery() throws {
        let home = try TestHome()
        let given = try home.context(["WARDER_PASSPHRASE": passphrase], noPrompt: true)
        try VaultStore(given).create(recovery: .printed)
        #expect(try types(home) == [.passphrase, .recovery])
        let code = try #require(home.console.given.first)
        #expect(home.console.given.count == 1)
        #expect(code.hasSuffix("\n") && code.split(separator: "-").count == 8 || code.split(separator: " ").count == 8)
        #expect(home.console.lines.contains("warder: made a vault at \(home.path)/.local/share/warder/vault"))
        #expect(!home.console.lines.contains { $0.contains(code.dropLast()) })
        let new = "another long passphrase"
        let vault = try home.vault(["WARDER_NEW_PASSPHRASE": new])
        try vault.changePassphrase(recoveryCode: secret(String(code.dropLast())))
        #expect(try opens(home, ["WARDER_PASSPHRASE": new]) && !opens(home, ["WARDER_PASSPHRASE": passphrase]))
        #expect(try types(home) == [.passphrase, .recovery])
        let wrong = try home.vault(["WARDER_NEW_PASSPHRASE": "x"])
        let malformed = refusal { try wrong.changePassphrase(recoveryCode: secret("no code")) }
        #expect(malformed?.code == .locked && malformed?.message == "that is not a recovery code")
        #expect(try opens(home, ["WARDER_PASSPHRASE": new]))
    }

    @Test("a recovery code can be made later, and a new one ends the one before")
    func later() throws {
        let home = try TestHome()
        try home.copyPassphraseVault()
        #expect(try types(home) == [.passphrase])
        for _ in 0..<2 { try home.vault(["WARDER_PASSPHRASE": passphrase]).renewRecoveryCode() }
        #expect(try types(home) == [.passphrase, .recovery])
        let codes = home.console.given.map { String($0.dropLast()) }
        #expect(codes.count == 2 && codes[0] != codes[1])
        let vault = try home.vault(["WARDER_NEW_PASSPHRASE": "x"])
        let first = refusal { try vault.changePassphrase(recoveryCode: secret(codes[0])) }
        #expect(first?.code == .locked && first?.message.hasPrefix("wrong passphrase or code for ") == true)
        try vault.changePassphrase(recoveryCode: secret(codes[1]))
    }

    @Test("a recovery code that reaches nobody is said to be lost")
    func lost() throws {
        let home = try TestHome()
        try home.makeVault()
        var world = try home.context().world
        world.console = DeafConsole()
        let path = home.path
        let context = try Context(
            noPrompt: true,
            environment: Environment { ["HOME": path, "WARDER_KEYFILE": path + "/keyfile"][$0] }, world: world)
        let vault = VaultStore(context)
        let failure = refusal { try vault.renewRecoveryCode() }
        #expect(failure?.code == .other && failure?.message == "the recovery code could not be shown, and is lost")
        #expect(failure?.hint == "make another: warder vault recovery")
    }

    @Test("a passphrase is changed by the one before, and a weak one is taken with a warning")
    func passphraseChanged() throws {
        let home = try TestHome()
        try home.copyPassphraseVault()
        let variables = ["WARDER_PASSPHRASE": passphrase, "WARDER_NEW_PASSPHRASE": "short"]
        try home.vault(variables).changePassphrase(recoveryCode: nil)
        #expect(try opens(home, ["WARDER_PASSPHRASE": "short"]) && !opens(home, ["WARDER_PASSPHRASE": passphrase]))
        #expect(
            home.console.lines.last
                == "warder: that passphrase is short (5 characters); four or more random words are better: "
                + "warder vault passphrase changes it")
        let wrong = ["WARDER_PASSPHRASE": passphrase, "WARDER_NEW_PASSPHRASE": "x"]
        let failure = refusal { try home.vault(wrong).changePassphrase(recoveryCode: nil) }
        #expect(failure?.code == .locked)
        let none = refusal { try home.vault(["WARDER_PASSPHRASE": "short"]).changePassphrase(recoveryCode: nil) }
        #expect(none?.code == .promptNeeded)
        #expect(try opens(home, ["WARDER_PASSPHRASE": "short"]))
    }

    @Test("without a recovery code, that is said")
    func noRecovery() throws {
        let home = try TestHome()
        try home.makePassphraseVault([])
        #expect(home.console.lines.contains("warder: it has no recovery code; warder vault recovery makes one"))
        #expect(home.console.given.isEmpty)
        #expect(try types(home) == [.passphrase])
    }

    @Test("a vault is never made in another's place")
    func exists() throws {
        let home = try TestHome()
        try home.makeVault()
        let before = try home.vault().copyOfFile().count
        let failure = refusal {
            try home.vault(["WARDER_PASSPHRASE": passphrase]).create(recovery: .none)
        }
        #expect(failure?.code == .other)
        #expect(failure?.message == "there is a vault at \(home.path)/.local/share/warder/vault already")
        #expect(try home.vault().copyOfFile().count == before)
    }

    @Test("a new vault's passphrase is as dear as can be asked of every process")
    func cost() {
        #expect(World.system.passphraseCost.logN == 17)
    }

    @Test("an older copy in the vault's place is noticed, and taken only where that is asked for")
    func older() throws {
        let home = try TestHome()
        try home.makeVault()
        let old = try home.vault().copyOfFile()
        try home.vault().put(home.key("bob"), replacing: false)
        let oldBytes = old.withUnsafeBytes { Array($0) }
        try oldBytes.span.withUnsafeBytes { (bytes) throws(SystemError) in
            try writeAtomically(bytes, to: home.path + "/.local/share/warder/vault", .cache)
        }
        let failure = refusal { try home.vault().open() }
        #expect(failure?.code == .damaged)
        #expect(failure?.message.hasSuffix("is of generation 1, and generation 2 was here before") == true)
        #expect(failure?.hint == "if you put the old copy there yourself: warder vault verify --accept-older")
        try home.vault().acceptOlder()
        #expect(try opens(home))
        #expect(try home.vault().listing(noted: []).map(\.name) == ["alice"])
    }

    @Test("a backup comes back by what opens it")
    func restore() throws {
        let home = try TestHome()
        try home.makeVault()
        let backup = try home.vault().copyOfFile()
        try home.vault().remove(try #require(KeyName("alice")))
        #expect(try home.vault().listing(noted: []).isEmpty)
        try home.vault().restore(backup, from: "/backup")
        #expect(try home.vault().listing(noted: []).map(\.name) == ["alice"])
        let vault = try home.vault()
        let failure = refusal {
            try vault.restore(secret("no vault at all, and long enough to be read as one"), from: "/backup")
        }
        #expect(failure?.code == .damaged)
        #expect(try home.vault().listing(noted: []).map(\.name) == ["alice"])
    }
}

/// Nobody hears it, and nothing goes out.
private final class DeafConsole: Console {
    let isTerminal = false
    func say(_ line: Shown) {}
    func give(_ secret: borrowing SecretBytes) throws(Failure) { throw Failure(.other, "closed", hint: "open it") }
}
