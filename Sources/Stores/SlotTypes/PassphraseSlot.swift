import Failures
import Secrets
import Vault

/// A passphrase, stretched with scrypt. It is what the vault is opened by where nothing opens it without a prompt
/// (`VaultStore.openAndKeep`).
package struct PassphraseSlot: SlotHandler {
    package var type: SlotType { .passphrase }
    package var spoken: String { "a passphrase" }

    package func add(_ value: String?, to vault: VaultStore) throws(Failure) {
        try refuseSecond(in: vault)
        try vault.changePassphrase(recoveryCode: nil)
    }

    package func renewal(in vault: VaultStore) throws(Failure) -> SlotRenewal {
        let passphrase = try vault.provenPassphrase()
        return SlotRenewal { (renewed) throws(Failure) in
            try vault.inVault { () throws(VaultError) in
                try renewed.setPassphrase(
                    passphrase, cost: vault.context.world.passphraseCost, random: vault.context.random)
            }
        }
    }
}

extension VaultStore {
    /// The passphrase, which opened the vault just now.
    fileprivate func provenPassphrase() throws(Failure) -> SecretBytes {
        opening = StoreOpening(method: passphraseMethod, snapshot: try lockSnapshot())
        var said = ""
        let passphrase = try currentPassphrase(passphraseSource(), nil, stops.cancellation()) { said = $0 }
        do throws(VaultFileError) {
            vault = try file.open(until: Self.timeout) { (bytes) throws(VaultError) in
                try Vault.open(bytes, passphrase: passphrase)
            }
        } catch { throw Failure(error).quoting(said) }
        return passphrase
    }
}
