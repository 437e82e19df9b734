import Failures
import Linux
import Secrets
import Vault

/// A new vault, and its recovery code.
extension VaultStore {
    /// What becomes of a new vault's recovery code.
    package enum Recovery {
        /// There is none.
        case none
        /// It goes to standard output.
        case printed
        /// It goes to the terminal; where there is none, the vault gets no such slot.
        case ifSomebodyIsThere
    }

    /// Makes a vault where there is none.
    package func create(recovery: Recovery) throws(Failure) {
        guard try !exists(), try make(recovery: recovery, { (_) throws(Failure) in }) else {
            throw Failure(VaultFileError.exists(path: file.path))
        }
    }

    /// Makes a vault under a passphrase that is asked for twice; false where there is one by then.
    ///
    /// - Parameter sessionCacheKey: the key that encrypts sessions already; nil to make one.
    func make(
        recovery: Recovery, sessionCacheKey: borrowing SecretBytes? = nil,
        _ body: (inout Vault) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        try refuseMaking(recovery)
        lookAgain()
        opening = StoreOpening(method: passphraseMethod, snapshot: .ofNewStore)
        let passphrase = try choosePassphrase(passphraseSource())
        let hasTerminal = context.mayPrompt && (try? context.terminal()) != nil
        let mayHaveCode = try rule(against: .recovery) == nil
        let wantsCode = recovery == .printed || (recovery == .ifSomebodyIsThere && hasTerminal && mayHaveCode)
        var code: SecretBytes? = nil
        var new = try new(sessionCacheKey)
        do throws(VaultError) {
            try new.setPassphrase(passphrase, cost: context.world.passphraseCost, random: context.random)
            if wantsCode { code = try new.setRecoveryCode(random: context.random) }
        } catch { throw Failure(error, path: file.path) }
        try noting(body, in: &new)
        do throws(VaultFileError) {
            try file.create(&new, until: Self.timeout, random: context.random)
        } catch {
            if case .exists = error { return false }
            throw Failure(error)
        }
        vault = consume new
        forgetLogStart()
        context.console.note("made a vault at \(file.path)")
        switch consume code {
        case .some(let code): try showRecoveryCode(code, printed: recovery == .printed)
        case .none:
            context.console.note(
                "it has no recovery code" + (mayHaveCode ? "; warder vault recovery makes one" : ""))
        }
        return true
    }

    private func new(_ cacheKey: borrowing SecretBytes?) throws(Failure) -> Vault {
        do throws(VaultError) {
            switch cacheKey {
            case .some(let key): return try Vault.create(sessionCacheKey: key, random: context.random)
            case .none: return try Vault.create(random: context.random)
            }
        } catch { throw Failure(error, path: file.path) }
    }

    /// Shows a recovery code: on standard output, or on the terminal.
    ///
    /// - Throws: if it could not be shown: it is kept nowhere else.
    func showRecoveryCode(_ code: borrowing SecretBytes, printed: Bool) throws(Failure) {
        context.console.note(
            "the recovery code opens the vault if you forget the passphrase: write it down, keep it off this machine")
        var line = code.copy()
        line.append(UInt8(ascii: "\n"))
        if printed, (try? context.console.give(line)) != nil { return }
        guard let terminal = try? context.terminal() else {
            throw Failure(
                .other, "the recovery code could not be shown, and is lost", hint: "make another: warder vault recovery"
            )
        }
        terminal.show("\n    ")
        terminal.show(line)
        terminal.show("\n")
    }
}

/// Carries a recovery code out of the closure that makes it.
final class CodeBox {
    var code: SecretBytes?
}
