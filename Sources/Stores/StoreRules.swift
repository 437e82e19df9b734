import Failures
import Prompt
import Secrets
import Setup
import Text
import Vault

// What the machine's rules forbid of stores, and of what opens them.

extension Context {
    /// Fails if keys may not be kept in a store of this kind.
    package func refuse(_ kind: StoreKind) throws(Failure) {
        let rules = try policy()
        guard let rule = rules.rule(against: kind) else { return }
        let allowed = rules.stores?.value.map(\.rawValue) ?? []
        throw Failure(
            rule, forbids: "this would store a key in the \(kind.spoken)",
            hint: "choose a store that is allowed: \(alternatives(allowed))")
    }

    /// Fails if keys may not be in the store that they are in.
    func refuse(_ store: any KeyStore) throws(Failure) {
        let rules = try policy()
        guard let rule = rules.rule(against: store.kind) else { return }
        let allowed = rules.stores?.value.first?.rawValue ?? StoreKind.file.rawValue
        let moving = "warder store move --to \(allowed)"
        throw Failure(
            rule, forbids: "the keys are in the \(store.kind.spoken)", hint: "move them: \(moving)", command: moving)
    }
}

extension Keys {
    /// Fails if the keys of this home are in a store that the machine's rules forbid.
    package func refuseForbiddenStore() throws(Failure) {
        guard try context.policy().stores != nil, let store = try store() else { return }
        try context.refuse(store)
    }
}

extension VaultStore {
    /// The line that forbids slots of this type; nil if none does.
    func rule(against type: SlotType) throws(Failure) -> RuleLine? { try context.policy().rule(againstSlot: type.name) }

    /// Fails if no slot of this type may be made.
    func refuse(_ type: SlotType) throws(Failure) {
        guard let rule = try rule(against: type) else { return }
        throw Failure(
            rule, forbids: "this would add a \(type.name) slot to the vault",
            hint: "see what opens it: warder vault slots")
    }

    /// Fails if no new vault may be made.
    func refuseMaking(_ recovery: Recovery) throws(Failure) {
        try context.refuse(kind)
        if let rule = try rule(against: .passphrase) {
            throw Failure(
                rule, forbids: "a new vault needs a passphrase",
                hint: "keep the keys in the desktop's Secret Service: --store libsecret")
        }
        if recovery == .printed, let rule = try rule(against: .recovery) {
            throw Failure(rule, forbids: "a new vault gets a recovery code", hint: "leave it out: --no-recovery")
        }
    }

    /// Fails if this would leave the vault's own key unlocked.
    package func refuseUnlockedKeys() throws(Failure) {
        guard let rule = try context.policy().unlockedKeysRule else { return }
        throw Failure(
            rule, forbids: "this would leave the vault's own key unlocked",
            hint: "warder unlock opens cached sessions; unattended work needs a slot that opens without a prompt")
    }

    /// The names of the slot types that the vault has and that the machine's rules forbid.
    package func forbiddenSlotNames() throws(Failure) -> [String] {
        let rules = try context.policy()
        var names: [String] = []
        for slot in try slots() where rules.rule(againstSlot: slot.type.name) != nil {
            if !names.contains(slot.type.name) { names.append(slot.type.name) }
        }
        return names
    }

    /// Why the vault is not opened, if rules forbid slots that it has; nil if they forbid none.
    func forbiddenSlots() throws(Failure) -> Failure? {
        let rules = try context.policy()
        guard let forbidden = try forbiddenSlotNames().first, let rule = rules.rule(againstSlot: forbidden) else {
            return nil
        }
        let present = try slots().map(\.type.name)
        let allowed = SlotTypes.all.map(\.type.name).first { name in
            rules.rule(againstSlot: name) == nil && !present.contains(name)
        }
        return Failure(
            rule, forbids: "the vault \(file.path) opens by its \(forbidden) slot",
            hint: allowed.map { "add one that is allowed: warder vault slots add \($0)" } ?? "see warder vault slots")
    }

    /// Fails if a new passphrase is shorter than the machine's rules want it.
    func refuseShort(_ passphrase: borrowing SecretBytes) throws(Failure) {
        guard let rule = try context.policy().shortestPassphrase else { return }
        let count = PassphraseWeakness.characters(of: passphrase)
        guard count < rule.value else { return }
        throw Failure(
            rule.line, forbids: "this passphrase has \(count) \(count == 1 ? "character" : "characters")",
            hint: "choose a longer one: four or more random words are better")
    }
}
