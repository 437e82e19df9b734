import Desktop
import Failures
import Secrets
import Setup
import Vault

/// A key in the desktop's Secret Service, filed under the vault and the slot.
package struct LibsecretSlot: SlotHandler {
    package var type: SlotType { .libsecret }
    package var spoken: String { "the desktop's keyring (libsecret)" }
    package var help: String? { "libsecret: the vault opens by itself where the desktop's keyring is unlocked." }
    package var isUnattended: Bool { true }
    package var keeper: String? { "the desktop's keyring" }

    package func opening(of slots: [SlotSummary], in vault: VaultStore) throws(Failure) -> SlotOpening {
        guard let head = try vault.head() else { return .nothing }
        do throws(Failure) {
            let desktop = DesktopSecrets(vault.context)
            for slot in slots {
                guard let key = try desktop.vaultKey(vault: head.identifier, slot: slot.identifier) else { continue }
                return .opener { (bytes) throws(VaultError) in try Vault.open(bytes, libsecretKey: key) }
            }
        } catch { return .obstacle(error.message) }
        return .nothing
    }

    package func mayOpen(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool {
        guard let identifier = try vault.head()?.identifier else { return false }
        let attributes = ["vault": identifier, "slot": slot.identifier]
        do throws(Failure) {
            return try DesktopSecrets(vault.context).has(DesktopSecrets.vaultKeys, attributes)
        } catch { return false }
    }

    package func add(_ value: String?, to vault: VaultStore) throws(Failure) {
        try vault.addDesktopSlot()
        vault.noteSlot(type)
    }

    package func canRenew(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool {
        guard let identifier = try vault.head()?.identifier else { return false }
        return try DesktopSecrets(vault.context).vaultKey(vault: identifier, slot: slot.identifier) != nil
    }

    package func renewal(in vault: VaultStore) throws(Failure) -> SlotRenewal {
        let key = try randomKey(vault.context.random)
        return SlotRenewal { (renewed) throws(Failure) in try vault.addDesktopSlot(key, to: &renewed) }
    }

    package func forget(_ slot: SlotSummary, ofVault vault: String, _ context: Context) {
        _ = try? DesktopSecrets(context).removeVaultKey(vault: vault, slot: slot.identifier)
    }
}

extension VaultStore {
    /// Lets the vault open by itself on this desktop.
    package func addDesktopSlot() throws(Failure) {
        try refuse(.libsecret)
        lookAgain()
        // Its dialog must not come up while the vault is held.
        try DesktopSecrets(context).with { (service) throws(SecretServiceError) in try service.unlock() }
        let key = try randomKey(context.random)
        try changeFurther(.slots) { (vault) throws(Failure) in try addDesktopSlot(key, to: &vault) }
    }

    /// The key goes into the keyring before the vault is written: a slot without one would be of no use.
    fileprivate func addDesktopSlot(_ key: borrowing SecretBytes, to vault: inout Vault) throws(Failure) {
        let slot: String
        do throws(VaultError) { slot = try vault.addLibsecretSlot(key, random: context.random) } catch {
            throw Failure(error, path: file.path)
        }
        try DesktopSecrets(context).putVaultKey(key, vault: vault.identifier.hex, slot: slot)
    }
}
