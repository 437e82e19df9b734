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
        try home.copyPassphraseVault()
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
        // A line feed at the end is a part of it.
        try home.write(own + "\n", to: "longer")
        #expect(try !opens(home, ["WARDER_KEYFILE": home.path + "/longer"]))
        home.set("WARDER_KEYFILE", home.path + "/keyfile")
        let count = home.console.lines.count
        #expect(count == 1)
        let again = refusal { try home.vault().addKeyfileSlot(home.path + "/own") }
        #expect(again?.code == .usage && again?.message == "\(home.path)/own opens the vault already")
        #expect(again?.hint == "see warder vault slots")
        #expect(try types(home) == [.keyfile, .keyfile])
    }

    @Test("a file that is no keyfile adds no slot", arguments: [0, 1, 31, 8193, 1 << 20])
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
        #expect(try home.read("own") == String(repeating: "x", count: size))
    }

    @Test("what is no file of one's own adds no slot", arguments: ["folder", "exposed", "missing/folder/key", "link"])
    func noFile(path: String) throws {
        let home = try TestHome()
        try home.makeVault()
        try home.makeFolder("folder")
        try home.write(String(repeating: "x", count: 64), to: "exposed")
        try home.setMode(0o666, of: "exposed")
        try home.link("link", to: home.path + "/missing/target")
        let vault = try home.vault()
        let failure = refusal { try vault.addKeyfileSlot(home.path + "/" + path) }
        #expect(failure?.message.hasPrefix("the keyfile") == true)
        #expect(failure?.message.contains(home.path + "/" + path) == true)
        #expect(try types(home) == [.keyfile] && !home.has("missing"))
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
            for number in 0..<7 { #expect(try opens(home, ["WARDER_KEYFILE": home.path + "/\(number)"])) }
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
}
