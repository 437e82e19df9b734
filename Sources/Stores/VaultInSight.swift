import Failures
import Linux
import Sessions
import Setup
import Vault

/// What is to be seen of a vault from outside.
extension VaultStore {
    package static func present(_ context: Context, _ stops: PromptStops) throws(Failure) -> VaultStore? {
        let vault = VaultStore(context, stops)
        return try vault.exists() ? vault : nil
    }

    /// One can be made anywhere.
    package static func obstacle(_ context: Context) -> String? { nil }

    package var path: String? { file.path }
    package func isEmptyForNow() throws(Failure) -> Bool { try !exists() }
    package var isListExact: Bool { true }
    /// The names are encrypted.
    package func shows(_ name: KeyName) throws(Failure) -> Bool? { nil }

    package var keysOpenApart: Bool { true }
    package func keysDeadline() throws(Failure) -> Deadline? {
        guard try context.policy().unlockedKeysRule == nil else { return nil }
        return try dataKeyState()?.deadline
    }
    package func opensByItself() throws(Failure) -> Bool { try hasUnattendedSlot() }

    /// In the order in which its ways are tried.
    package func outlook(needsCache: Bool) throws(Failure) -> StoreOutlook {
        if try keysDeadline() != nil { return .unasked }
        let rules = try context.policy()
        let slots = try slots().filter { rules.rule(againstSlot: $0.type.name) == nil }
        if slots.isEmpty, let refusal = try forbiddenSlots() { return .closed(refusal) }
        if !isPassphraseGiven {
            for slot in slots where try slot.handler?.mayOpen(slot, of: self) == true { return .unasked }
        }
        guard slots.contains(where: { $0.type == .passphrase }) else { return .closed(noWay(nil)) }
        return passphraseIsUnattended ? .unasked : .passphrase
    }

    /// What `warder unlock --keys` left, and what a crowd shares.
    package func lockKeys() throws(Failure) {
        let left = try dataKeyState()
        defer { sharedUnlock?.forget() }
        do throws(UnlockedStateError) { try left?.lock() } catch { throw Failure.notLocked(error) }
    }
}
