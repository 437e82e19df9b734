import Failures
import Foundation
import Linux
import RoomSupport
import Secrets
import Sessions
import Setup
import Testing
import Vault

@testable import Stores

@Suite("Stores: opening the vault")
struct VaultOpeningTests {
    private func name() throws -> KeyName { try #require(KeyName("alice")) }

    // MARK: - By a keyfile

    @Test("a keyfile is found by the variable, by the settings, by a credential of systemd, in this order")
    func keyfiles() throws {
        let home = try TestHome()
        try home.makeVault()
        let contents = try home.read("keyfile")
        home.set("WARDER_KEYFILE", nil)
        #expect(try home.vault().opens() == false)
        try home.write(contents, to: "credentials/warder.keyfile")
        let credentials = ["CREDENTIALS_DIRECTORY": home.path + "/credentials"]
        #expect(try home.vault(credentials).opens())
        // Settings that name one are gone by, although the credential would do.
        try home.write("[warder]\nkeyfile = /nowhere\n", to: ".config/warder/config")
        #expect(try home.vault(credentials).opens() == false)
        try home.write("[warder]\nkeyfile = ~/keyfile\n", to: ".config/warder/config")
        #expect(try home.vault().opens())
        #expect(try home.vault(["WARDER_KEYFILE": "/nowhere"]).opens() == false)
        #expect(try home.vault(["WARDER_KEYFILE": "~/keyfile"]).opens())
    }

    @Test("why a keyfile did not open it is said")
    func obstacles() throws {
        let home = try TestHome()
        try home.makeVault()
        let path = home.path + "/other"
        let contents = try home.read("keyfile")
        func said(_ variables: [String: String]) throws -> String? {
            let failure = refusal { try home.vault(variables).open() }
            #expect(failure?.code == .locked)
            #expect(
                failure?.message
                    == "the vault \(home.path)/.local/share/warder/vault has no passphrase, and nothing else opened it")
            return failure?.hint
        }
        try home.write(String(repeating: "x", count: 64), to: "other")
        #expect(try said(["WARDER_KEYFILE": path]) == "what is at hand does not open its keyfile slot")
        try home.write("short", to: "other")
        #expect(try said(["WARDER_KEYFILE": path]) == "what is at hand does not open its keyfile slot")
        try home.write(String(contents.dropLast()), to: "other")
        #expect(try said(["WARDER_KEYFILE": path]) == "what is at hand does not open its keyfile slot")
        try home.setMode(0o666, of: "other")
        #expect(try said(["WARDER_KEYFILE": path])?.contains("can be used by others") == true)
        #expect(try said(["WARDER_KEYFILE": "/nowhere"])?.contains("/nowhere") == true)
        try home.makeFolder("folder")
        #expect(try said(["WARDER_KEYFILE": home.path + "/folder"])?.hasPrefix("the keyfile ") == true)
        home.set("WARDER_KEYFILE", nil)
        #expect(
            try said([:]) == "no keyfile is named by WARDER_KEYFILE, the settings or a systemd credential")
    }

    // MARK: - By a passphrase that asks nobody

    @Test("a variable opens it, and serves the processes that have the same one, but no others")
    func unattended() throws {
        let home = try TestHome()
        try home.makePassphraseVault()
        let variables = ["WARDER_PASSPHRASE": passphrase]
        let first = try home.keys(variables)
        _ = try first.sessions()
        guard case .unattended? = try first.store()?.opening.method else {
            Issue.record("it counts as typed")
            return
        }
        #expect(try home.unlockedState().deadline == nil, "it is unlocked for nobody else")
        let same = try home.keys(variables)
        _ = try same.sessions()
        #expect(try same.store()?.isOpen == false, "the first one's key serves it")
        let other = try home.keys(["WARDER_PASSPHRASE": "another"])
        let failure = refusal { _ = try other.sessions() }
        #expect(failure?.code == .locked && failure?.message.hasPrefix("wrong passphrase or code for ") == true)
        #expect(failure?.hint == "try again; if you forgot it: warder vault passphrase --recovery")
        #expect(failure?.scope == .waiting)
        _ = try home.keys().lock()
        let after = try home.keys(variables)
        _ = try after.sessions()
        #expect(try after.store()?.isOpen == true, "the lock took it away")
        _ = try home.keys().lock()
    }

    @Test("a passphrase that is given is the one that is used, although a keyfile would open it")
    func givenFirst() throws {
        let home = try TestHome()
        try home.makeVault()
        let vault = try home.vault(["WARDER_PASSPHRASE": "x"])
        let failure = refusal { try vault.open() }
        #expect(failure?.code == .locked && !vault.isOpen)
        #expect(try home.vault().opens())
    }

    @Test("a credential of the service manager opens it, whatever ends its line")
    func credential() throws {
        let home = try TestHome()
        try home.copyPassphraseVault()
        let credentials = ["CREDENTIALS_DIRECTORY": home.path + "/credentials"]
        for end in ["", "\n", "\r\n", "\r", "\nmore\n"] {
            try home.write(passphrase + end, to: "credentials/warder.passphrase")
            let vault = try home.vault(credentials)
            #expect(try vault.opensUnasked() && vault.opens(), "ended by \(end.debugDescription)")
        }
        for (text, code) in [
            ("", ExitCode.promptNeeded), ("\n", .promptNeeded), ("wrong\n", .locked), ("a\0b\n", .locked),
        ] {
            try home.write(text, to: "credentials/warder.passphrase")
            let failure = refusal { try home.vault(credentials).open() }
            #expect(failure?.code == code, "for \(text.debugDescription)")
        }
        try home.write(passphrase, to: "credentials/warder.passphrase")
        try home.setMode(0o666, of: "credentials/warder.passphrase")
        let exposed = refusal { try home.vault(credentials).open() }
        #expect(exposed?.code == .damaged && exposed?.message.hasPrefix("the credential ") == true)
    }

    @Test("where a keyfile did not open a vault, the passphrase is wanted, with why")
    func passphraseBesideKeyfile() throws {
        let home = try TestHome()
        try home.copyPassphraseVault()
        try home.vault(["WARDER_PASSPHRASE": passphrase]).addKeyfileSlot(home.path + "/new")
        let vault = "the vault \(home.path)/.local/share/warder/vault is locked"
        let unnamed = refusal { try home.vault().open() }
        #expect(
            unnamed?.message
                == "\(vault): no keyfile is named by WARDER_KEYFILE, the settings or a systemd credential")
        try home.write(String(repeating: "x", count: 64), to: "other")
        let wrong = refusal { try home.vault(["WARDER_KEYFILE": home.path + "/other"]).open() }
        #expect(wrong?.code == .locked)
        #expect(wrong?.message == "\(vault): what is at hand does not open its keyfile slot")
    }

    @Test("a command gives the passphrase, and what it says is told where that is wrong")
    func command() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.copyPassphraseVault()
        #expect(try home.vault(["WARDER_PASSPHRASE_COMMAND": "echo '\(passphrase)'"]).opens())
        let failure = refusal {
            try home.vault(["WARDER_PASSPHRASE_COMMAND": "echo the agent is locked >&2; echo wrong"]).open()
        }
        #expect(failure?.code == .locked && failure?.message.contains("the agent is locked") == true)
        let silent = refusal { try home.vault(["WARDER_PASSPHRASE_COMMAND": "true"]).open() }
        #expect(silent?.code == .promptNeeded)
        #expect(silent?.message == "WARDER_PASSPHRASE_COMMAND printed nothing: the passphrase is empty")
    }

    // MARK: - By a person

    @Test("a passphrase that is typed opens it for everybody, and a wrong one may be mended twice")
    func typed() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.makePassphraseVault()
        try home.usePinentry(["wrong", "no", passphrase])
        let keys = Keys(try home.atDesktop())
        _ = try keys.sessions()
        #expect(home.askedCount == 3)
        #expect(try home.read("complaints") == "that is not it\nthat is not it\n")
        guard case .typed? = try keys.store()?.opening.method else {
            Issue.record("it does not count as typed")
            return
        }
        #expect(try home.unlockedState().deadline != nil)
        #expect(try home.keys().index()?.map(\.name) == ["alice"])
    }

    @Test("a third wrong one is the last")
    func wrong() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.copyPassphraseVault()
        try home.usePinentry(["wrong", "no", "never", passphrase])
        let keys = Keys(try home.atDesktop())
        let failure = refusal { _ = try keys.sessions() }
        #expect(failure?.code == .locked && failure?.scope == .waiting && home.askedCount == 3)
        #expect(try home.unlockedState().deadline == nil)
    }

    @Test("a prompt that is dismissed is an answer")
    func dismissed() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.copyPassphraseVault()
        try home.usePinentry([nil])
        let keys = Keys(try home.atDesktop())
        let failure = refusal { _ = try keys.sessions() }
        #expect(failure?.code == .promptNeeded && home.askedCount == 1)
        #expect(failure?.message == "the vault's passphrase is needed, and the prompt was dismissed")
        #expect(failure?.scope == .waiting)
    }

    @Test("of many at once one asks: its answer serves them all")
    func inTurn() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.makePassphraseVault()
        try home.usePinentry([passphrase], seconds: "0.05")
        let failures = atOnce(4) { _ in refusal { _ = try Keys(home.atDesktop(waits: .generous)).sessions() } }
        #expect(failures.count == 4 && failures.allSatisfy { $0 == nil })
        #expect(home.askedCount == 1)
    }

    @Test("of many at once one asks: that it was dismissed is the answer to all who waited")
    func dismissedInTurn() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.copyPassphraseVault()
        try home.usePinentry([nil], seconds: "0.05")
        let context = try home.atDesktop(waits: .generous)
        let turn = try PassphrasePromptLock(of: context.paths.vault, state: context.paths.state, context.waits) {}
        let waiting = Work { refusal { _ = try Keys(home.atDesktop(waits: .generous)).sessions() } }
        let announced = "warder: another warder asks for the passphrase; answer it there, or run warder unlock here"
        while !home.console.lines.contains(announced) { usleep(2000) }
        turn.noteDismissal()
        _ = consume turn
        let failure = try #require(waiting.end())
        #expect(failure?.code == .promptNeeded && home.askedCount == 0)
        #expect(
            failure?.message == "the vault's passphrase is needed, and the prompt of another warder was dismissed")
        #expect(failure?.hint == "run the command again")
        // Whoever comes after is asked.
        let later = refusal { _ = try Keys(home.atDesktop()).sessions() }
        #expect(later?.code == .promptNeeded && home.askedCount == 1)
    }

    @Test("in a helper of an SDK a pinentry asks only where the settings say so")
    func helper() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.makePassphraseVault()
        try home.usePinentry([passphrase])
        let settings = try home.read(".config/warder/config")
        try home.write(settings + "process_prompt = pinentry\n", to: ".config/warder/config")
        _ = try Keys(home.atDesktop(isHelper: true)).sessions()
        #expect(home.askedCount == 1)
    }

    @Test("a pinentry that is not there is named")
    func noPinentry() throws {
        let home = try TestHome(settings: "prompt = pinentry\npinentry = /nowhere/pinentry")
        try home.copyPassphraseVault()
        let keys = Keys(try home.atDesktop())
        let failure = refusal { _ = try keys.sessions() }
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message == "the vault's passphrase is needed, and there is no pinentry /nowhere/pinentry")
        #expect(failure?.hint == "name another in warder's settings: pinentry = …")
    }

    @Test("where nobody may be asked, nobody is")
    func noPrompt() throws {
        _ = pipeSignal
        let home = try TestHome()
        try home.copyPassphraseVault()
        try home.usePinentry([passphrase])
        home.set("DISPLAY", "elsewhere:1")
        let keys = try home.keys()
        let failure = refusal { _ = try keys.sessions() }
        #expect(failure?.code == .locked && home.askedCount == 0)
    }

    // MARK: - What is foreseen

    @Test("how a store would open is seen without a secret")
    func outlook() throws {
        let home = try TestHome()
        func seen(_ variables: [String: String] = [:]) throws -> String {
            switch try home.keys(variables).storeOutlook(needsCache: true) {
            case .unasked: "unasked"
            case .passphrase: "passphrase"
            case .closed(let failure): failure.message
            }
        }
        #expect(try seen() == "unasked", "without a store there is nothing to open")
        try home.makeVault()
        #expect(try seen() == "unasked")
        let closed = "the vault \(home.path)/.local/share/warder/vault has no passphrase, and nothing else opened it"
        #expect(try seen(["WARDER_KEYFILE": "/nowhere"]) == closed)
        let other = try TestHome()
        try other.copyPassphraseVault()
        func outlook(_ variables: [String: String] = [:]) throws -> StoreOutlook {
            try other.keys(variables).storeOutlook(needsCache: true)
        }
        if case .passphrase = try outlook() {} else { Issue.record("its passphrase is to be asked for") }
        if case .unasked = try outlook(["WARDER_PASSPHRASE": "x"]) {} else { Issue.record("nobody is asked") }
        #expect(try !other.vault().opensUnasked() && other.vault(["WARDER_PASSPHRASE": "x"]).opensUnasked())
    }
}

extension VaultStore {
    /// Whether it opens.
    fileprivate func opens() throws -> Bool {
        do throws(Failure) { try open() } catch {
            guard error.code == .locked else { throw error }
            return false
        }
        return isOpen
    }
}

extension WaitLimits {
    /// As for users, but that a wait is told of at once.
    static var generous: WaitLimits {
        var waits = WaitLimits()
        waits.beforeNotice = 20
        return waits
    }
}
