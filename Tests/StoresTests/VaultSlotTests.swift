import Failures
import Linux
import RoomSupport
import Secrets
import Setup
import Text
import Testing
import Vault

@testable import Stores

@Suite("Stores: who gets into the vault")
struct VaultSlotTests {
    private func types(_ home: TestHome) throws -> [SlotType] { try home.vault().slots().map(\.type) }

    private func opens(_ home: TestHome, _ variables: [String: String] = [:]) throws -> Bool {
        refusal { try home.vault(variables).open() } == nil
    }

    private func slot(_ type: SlotType, _ home: TestHome) throws -> SlotSummary {
        try #require(try home.vault().slots().first { $0.type == type })
    }

    // MARK: - Keyfiles

    @Test("a keyfile is made, opens the vault, and where to name it is said")
    func made() throws {
        let home = try TestHome()
        try home.makePassphraseVault()
        try home.vault(["WARDER_PASSPHRASE": passphrase]).addKeyfileSlot(home.path + "/new")
        #expect(try types(home) == [.passphrase, .keyfile])
        #expect(try home.mode(of: "new") == 0o600)
        let contents = try home.read("new")
        #expect(contents.utf8.count == 64 && contents.allSatisfy(\.isHexDigit))
        #expect(
            home.console.lines.last
                == "warder: to have it found, set WARDER_KEYFILE or, in \(home.path)/.config/warder/config: keyfile = \(home.path)/new"
        )
        #expect(try opens(home, ["WARDER_KEYFILE": home.path + "/new"]) && !opens(home))
    }

    @Test("a file of one's own is taken as it is, and one that is found already is not told of")
    func own() throws {
        let home = try TestHome()
        try home.makeVault()
        let own = "\u{0}\n\r" + String(repeating: "ü", count: 30)
        try home.write(own, to: "own")
        home.set("WARDER_KEYFILE", home.path + "/keyfile")
        let vault = try home.vault()
        try vault.addKeyfileSlot(home.path + "/own")
        #expect(try home.read("own") == own)
        #expect(try opens(home, ["WARDER_KEYFILE": home.path + "/own"]))
        home.set("WARDER_KEYFILE", home.path + "/keyfile")
        let count = home.console.lines.count
        #expect(count == 1)
        let again = refusal { try home.vault().addKeyfileSlot(home.path + "/own") }
        #expect(again?.code == .usage && again?.message == "\(home.path)/own opens the vault already")
        #expect(again?.hint == "see warder vault slots")
        #expect(try types(home) == [.keyfile, .keyfile])
    }

    @Test("a file that is no keyfile adds no slot", arguments: [0, 31, 8193])
    func wrongSize(size: Int) throws {
        let home = try TestHome()
        try home.makeVault()
        try home.write(String(repeating: "x", count: size), to: "own")
        let vault = try home.vault()
        let failure = refusal { try vault.addKeyfileSlot(home.path + "/own") }
        #expect(failure != nil)
        if size <= 8192 {
            #expect(failure?.code == .usage)
            #expect(failure?.message == "a keyfile has 32 to 8192 bytes, and this one has \(size)")
        }
        #expect(try types(home) == [.keyfile])
    }

    @Test("where the slot cannot be made, no file is made for nothing", arguments: [true, false])
    func nothing(isLocked: Bool) throws {
        let home = try TestHome()
        try home.makeVault()
        if isLocked {
            home.set("WARDER_KEYFILE", nil)
        } else {
            for number in 0..<7 {
                try home.write(String(repeating: "\(number)", count: 32), to: "\(number)")
                try home.vault().addKeyfileSlot(home.path + "/\(number)")
            }
        }
        let vault = try home.vault()
        let failure = refusal { try vault.addKeyfileSlot(home.path + "/new") }
        #expect(failure?.code == (isLocked ? .locked : .other))
        if !isLocked {
            #expect(failure?.message.hasSuffix("has eight slots, as many as there can be") == true)
            #expect(failure?.hint == "remove one first")
        }
        #expect(!home.has("new"))
    }

    // MARK: - Removing

    @Test("a slot that is removed opens nothing, and the last one stays")
    func removing() throws {
        let home = try TestHome()
        try home.makeVault()
        try home.write(String(repeating: "y", count: 40), to: "own")
        try home.vault().addKeyfileSlot(home.path + "/own")
        let first = try slot(.keyfile, home)
        try home.vault().removeSlot(first)
        #expect(try types(home) == [.keyfile])
        #expect(try !opens(home) && opens(home, ["WARDER_KEYFILE": home.path + "/own"]))
        home.set("WARDER_KEYFILE", home.path + "/own")
        let last = try slot(.keyfile, home)
        let vault = try home.vault()
        let failure = refusal { try vault.removeSlot(last) }
        #expect(failure?.code == .usage && failure?.message == "the last slot of a vault cannot be removed")
        #expect(failure?.hint == "add another one first")
        let gone = refusal { try vault.removeSlot(first) }
        #expect(gone?.code == .notFound && gone?.message.hasSuffix("has no slot \(first.identifier)") == true)
        #expect(try opens(home))
    }

    @Test("renewed without a slot, what it opened opens nothing any more, and no copy of before stays")
    func renewing() throws {
        let home = try TestHome()
        try home.makeVault()
        try home.write(String(repeating: "y", count: 40), to: "own")
        try home.vault().addKeyfileSlot(home.path + "/own")
        try home.vault().leaveUnlocked(seconds: 60)
        _ = try home.keys().sessions()
        let old = try home.vault().copyOfFile()
        #expect(home.has(".local/share/warder/vault.bak"))
        let first = try slot(.keyfile, home)
        home.set("WARDER_KEYFILE", home.path + "/own")
        let vault = try home.vault()
        let before = text(try vault.sessionCacheKey().inHexadecimal)
        try vault.renewKeys(without: first, calledBy: "1")
        #expect(try types(home) == [.keyfile])
        #expect(!home.has(".local/share/warder/vault.bak"))
        #expect(try opens(home) && !opens(home, ["WARDER_KEYFILE": home.path + "/keyfile"]))
        home.set("WARDER_KEYFILE", home.path + "/own")
        let after = text(try home.vault().sessionCacheKey().inHexadecimal)
        #expect(after != before)
        #expect(try home.vault().dataKeyState()?.deadline == nil, "what was left unlocked is taken away")
        let unfinished = try #require(try vault.unfinishedRenewal())
        #expect(unfinished.word == "1")
        try vault.finish(unfinished)
        try vault.forgetRenewal()
        #expect(try vault.unfinishedRenewal() == nil)
        // What opened the vault before opens the copy of before, and its key nothing since.
        let opened = try old.withUnsafeBytes { (bytes) throws(VaultError) in
            try Vault.open(bytes, keyfile: secret(String(repeating: "k", count: 64))).copyOfDataKey()
        }
        let now = try home.vault().copyOfFile()
        let byOldKey = try? now.withUnsafeBytes { (bytes) throws(VaultError) in
            try Vault.open(bytes, dataKey: opened).generation
        }
        #expect(byOldKey == nil)
    }

    @Test("what cannot be made anew is to be removed first")
    func unrenewable() throws {
        let home = try TestHome()
        try home.makeVault()
        for number in 0..<2 {
            try home.write(String(repeating: "\(number)", count: 32), to: "\(number)")
            try home.vault().addKeyfileSlot(home.path + "/\(number)")
        }
        let vault = try home.vault()
        let removed = try slot(.keyfile, home)
        let failure = refusal { try vault.renewKeys(without: removed, calledBy: "1") }
        #expect(failure?.code == .other)
        #expect(failure?.message.hasSuffix("cannot be made anew: what opens it is not here") == true)
        #expect(failure?.hint == "remove that slot first, or run this where it opens the vault")
        #expect(try types(home).count == 3 && vault.unfinishedRenewal() == nil)
        let only = try TestHome()
        try only.makeVault()
        let last = try slot(.keyfile, only)
        let alone = refusal { try only.vault().renewKeys(without: last, calledBy: "1") }
        #expect(alone?.message == "the last slot of a vault cannot be removed")
    }

    // MARK: - Passphrase and recovery code

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

    @Test("without a recovery code that is said, and one can be made; a new one ends the one before")
    func later() throws {
        let home = try TestHome()
        try home.makePassphraseVault([])
        #expect(home.console.lines.contains("warder: it has no recovery code; warder vault recovery makes one"))
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
        try home.makePassphraseVault()
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
        try home.vault().restore(backup)
        #expect(try home.vault().listing(noted: []).map(\.name) == ["alice"])
        let vault = try home.vault()
        let failure = refusal { try vault.restore(secret("no vault at all, and long enough to be read as one")) }
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
