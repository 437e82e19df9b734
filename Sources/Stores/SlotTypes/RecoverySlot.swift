import Failures
import Secrets
import Vault

/// A recovery code, printed once and kept nowhere. It opens the vault to set a new passphrase, and for nothing else.
package struct RecoverySlot: SlotHandler {
    package var type: SlotType { .recovery }
    package var spoken: String { "a recovery code" }

    package func add(_ value: String?, to vault: VaultStore) throws(Failure) {
        try refuseSecond(in: vault)
        try vault.renewRecoveryCode()
    }

    /// A new code, which is shown once the vault is written.
    package func renewal(in vault: VaultStore) throws(Failure) -> SlotRenewal {
        let made = CodeBox()
        return SlotRenewal(
            make: { (renewed) throws(Failure) in
                made.code = try vault.inVault { () throws(VaultError) in
                    try renewed.setRecoveryCode(random: vault.context.random)
                }
            },
            finish: { () throws(Failure) in
                switch made.code.take() {
                case .some(let code): try vault.showRecoveryCode(code, printed: true)
                case .none: break
                }
            })
    }

    /// The user may never have seen the code.
    package func finishInterruptedRenewal(of vault: VaultStore) throws(Failure) { try vault.renewRecoveryCode() }
}
