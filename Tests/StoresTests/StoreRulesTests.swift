import Failures
import Linux
import RoomSupport
import Secrets
import Setup
import Testing
import Vault

@testable import Stores

@Suite("Stores: what the machine's rules forbid")
struct StoreRulesTests {
    private func home(_ rules: String, settings: String = "", vault: Bool = true) throws -> TestHome {
        let home = try TestHome(settings: settings)
        if vault { try home.makeVault() }
        try home.write("[policy]\n\(rules)\n", to: "etc/warder/config")
        return home
    }

    private func isRule(_ failure: Failure?, _ name: String, _ home: TestHome) -> Bool {
        failure?.cause == .forbidden && failure?.fault == "policy_" + name
            && failure?.origin == home.path + "/etc/warder/config:2"
    }

    @Test("the first key goes to a store that is allowed")
    func chosen() throws {
        for kind in StoreKind.allCases {
            let home = try home("stores = \(kind.rawValue)", vault: false)
            let keys = try home.keys()
            try keys.chooseStore(nil)
            #expect(try keys.store()?.kind == kind)
            for other in StoreKind.allCases where other != kind {
                #expect(isRule(refusal { try home.keys().chooseStore(other) }, "stores", home))
            }
        }
    }

    @Test("a setting for a store that is forbidden is refused, and says both lines")
    func setting() throws {
        let home = try home("stores = libsecret", settings: "store = file", vault: false)
        let failure = refusal { try home.keys().chooseStore(nil) }
        #expect(isRule(failure, "stores", home))
        #expect(failure?.message.contains("store is file (\(home.path)/.config/warder/config:3)") == true)
    }

    @Test("keys in a store that is forbidden may be looked at and removed, and nothing else")
    func present() throws {
        let home = try home("stores = libsecret")
        let name = try #require(KeyName("alice"))
        let failures = [
            refusal { try home.keys().chooseStore(nil) }, refusal { try home.keys().refuseForbiddenStore() },
            refusal { try home.keys().put(try TestKey("bob").record(at: 0), replacing: false) },
            refusal { try home.keys().vaultStore().restore(SecretBytes("x"), from: "/backup") },
        ]
        for failure in failures { #expect(isRule(failure, "stores", home), "\(String(describing: failure))") }
        #expect(try home.keys().summaries().map(\.name.text) == ["alice"])
        try home.keys().remove(name)
        #expect(try home.keys().summaries().isEmpty)
    }

    @Test("a slot that is forbidden opens nothing but what changes the slots, or takes the keys away")
    func slots() throws {
        let home = try home("slots = passphrase")
        let vault = try home.keys().presentVault()
        #expect(isRule(refusal { try vault.open() }, "slots", home))
        #expect(try !vault.opensUnasked() && !vault.opensByItself() && vault.forbiddenSlotNames() == ["keyfile"])
        guard case .closed(let failure) = try vault.outlook(needsCache: true) else {
            Issue.record("it is not closed")
            return
        }
        #expect(isRule(failure, "slots", home))
        #expect(failure.hint == "add one that is allowed: warder vault slots add passphrase")
        #expect(isRule(refusal { try vault.addKeyfileSlot(home.path + "/other") }, "slots", home))
        #expect(!home.has("other"))
        #expect(isRule(refusal { try vault.renewRecoveryCode() }, "slots", home))
        let kept = refusal { try vault.retire { (_) throws(Failure) in throw Failure(.other, "kept", hint: "") } }
        #expect(kept?.message == "kept")
    }
}
