import Crypto
import Linux
import Prompt
import Secrets
import Vault

// How the vault is opened, made and changed, and what is asked for on the way.

extension Keys {
    /// How long a command waits for another that is at work on the vault: its scrypt, or a slow disk.
    private static var patience: Deadline { .after(milliseconds: 30_000) }

    /// Opens the vault, asking for its passphrase, and unlocks the session cache with it.
    func open(unlockingFor seconds: Int? = nil) throws(Failure) {
        if vault == nil {
            try adopt { (opener) throws(VaultFileError) in try self.file.open(until: Self.patience, opener) }
        }
        try settle(unlockingFor: seconds)
    }

    /// Opens the vault for its session-cache key, unless another process has unlocked that by the time the vault's lock
    /// is had: of a hundred that start at once, one derives a key from the passphrase.
    func openUnlessUnlocked() throws(Failure) {
        guard vault == nil, let state = try unlockedState() else { return }
        let time = try Settings.load(context).unlockTime
        try adopt { (opener) throws(VaultFileError) in
            try self.file.open(until: Self.patience, unless: { state.deadline != nil }, opener) { vault in
                if let key = try? vault.sessionCacheKey() { try? state.unlock(key, seconds: time) }
            }
        }
        if vault != nil { try settle() }
    }

    /// Opens the vault and takes it as the current one even where a newer generation was seen before.
    func acceptOlder() throws(Failure) {
        try adopt { (opener) throws(VaultFileError) in try self.file.acceptOlder(until: Self.patience, opener) }
        try settle()
    }

    /// Changes the vault, which is made first where there is none.
    func change(_ body: @escaping (inout Vault) throws(VaultError) -> Void) throws(Failure) {
        guard try unlockedState() != nil else { return try create(recovery: .ifSomebodyIsThere, body) }
        try adopt { (opener) throws(VaultFileError) in
            try self.file.change(until: Self.patience, random: .system, opener, body)
        }
        try settle()
    }

    /// Puts a backup in the vault's place; the passphrase asked for is the backup's.
    func restore(_ backup: borrowing SecretBytes) throws(Failure) {
        let copy = backup.copy()
        try adopt { (opener) throws(VaultFileError) in
            try self.file.restore(copy, until: Self.patience, random: .system, opener)
        }
        try settle()
    }

    /// Sets a new passphrase.
    ///
    /// - Parameter recoveryCode: opens the vault in place of the passphrase before.
    func changePassphrase(recoveryCode: consuming SecretBytes?) throws(Failure) {
        let source = PassphraseSource.new(mayPrompt: context.mayPrompt)
        let file = file
        func set(_ opener: VaultOpener, _ passphrase: borrowing SecretBytes) throws(VaultFileError) -> Vault {
            let passphrase = passphrase.copy()
            return try file.change(until: Self.patience, random: .system, opener) { (vault) throws(VaultError) in
                try vault.setPassphrase(passphrase, random: .system)
            }
        }
        switch consume recoveryCode {
        case .some(let code):
            let opener: VaultOpener = { (bytes) throws(VaultError) in try Vault.open(bytes, recoveryCode: code) }
            // Opened first, so that a slip in the code is found before a passphrase is thought up.
            do throws(VaultFileError) { vault = try file.open(until: Self.patience, opener) } catch {
                throw Failure(error)
            }
            let passphrase = try choosePassphrase(source)
            do throws(VaultFileError) { vault = try set(opener, passphrase) } catch { throw Failure(error) }
        case .none:
            // Opened first, so that a wrong passphrase is found before a new one is thought up.
            try open()
            let new = try choosePassphrase(source)
            try adopt { (opener) throws(VaultFileError) in try set(opener, new) }
        }
        try settle()
    }

    // MARK: - A new vault

    /// What becomes of a new vault's recovery code.
    enum Recovery {
        /// There is none.
        case none
        /// It goes to standard output.
        case printed
        /// It goes to the terminal; where there is none, the vault gets no such slot.
        case ifSomebodyIsThere
    }

    /// Makes a vault under a passphrase that is asked for twice.
    func create(
        recovery: Recovery, _ body: (inout Vault) throws(VaultError) -> Void = { (_) throws(VaultError) in }
    ) throws(Failure) {
        guard try unlockedState() == nil else { throw Failure(VaultFileError.exists(path: file.path)) }
        let passphrase = try choosePassphrase(.current(mayPrompt: context.mayPrompt))
        let hasTerminal = context.mayPrompt && (try? Terminal.open()) != nil
        let wantsCode = recovery == .printed || (recovery == .ifSomebodyIsThere && hasTerminal)
        var code: SecretBytes? = nil
        var new = try inVault { () throws(VaultError) in try Vault.create(random: .system) }
        do throws(VaultError) {
            try new.setPassphrase(passphrase, random: .system)
            if wantsCode { code = try new.setRecoveryCode(random: .system) }
            try body(&new)
        } catch { throw Failure(error, path: file.path) }
        do throws(VaultFileError) {
            try file.create(&new, until: Self.patience, random: .system)
        } catch { throw Failure(error) }
        vault = consume new
        try settle()
        note("made a vault at \(file.path)")
        switch consume code {
        case .some(let code): try showRecoveryCode(code, printed: recovery == .printed)
        case .none: note("it has no recovery code; warder vault recovery makes one")
        }
    }

    /// Shows a recovery code: on standard output, or on the terminal.
    ///
    /// - Throws: where it reached nobody: it is kept nowhere else.
    func showRecoveryCode(_ code: borrowing SecretBytes, printed: Bool) throws(Failure) {
        note("the recovery code opens the vault if you forget the passphrase: write it down, keep it off this machine")
        var line = code.copy()
        line.append(UInt8(ascii: "\n"))
        if printed, (try? printOut(line)) != nil { return }
        guard let terminal = try? Terminal.open() else {
            throw Failure(
                .other, "the recovery code could not be shown, and is lost", hint: "make another: warder vault recovery"
            )
        }
        terminal.show("\n    ")
        terminal.show(line)
        terminal.show("\n")
    }

    // MARK: - Passphrases

    private func inVault(_ work: () throws(VaultError) -> Vault) throws(Failure) -> Vault {
        do throws(VaultError) { return try work() } catch { throw Failure(error, path: file.path) }
    }

    /// Gets the passphrase, does `work` with it, and keeps the vault that comes of it. At a terminal, a wrong one may
    /// be mended twice.
    ///
    /// - Parameter work: gives the vault, or nil where it need not be opened after all.
    private func adopt(_ work: (VaultOpener) throws(VaultFileError) -> Vault?) throws(Failure) {
        let source = PassphraseSource.current(mayPrompt: context.mayPrompt)
        var attempts = source.isUnattended(in: context.environment) ? 1 : 3
        var question = "passphrase for \(file.path): "
        while true {
            let passphrase = try currentPassphrase(source, question)
            do throws(VaultFileError) {
                vault = try work { (bytes) throws(VaultError) in try Vault.open(bytes, passphrase: passphrase) }
                self.passphrase = consume passphrase
                return
            } catch {
                attempts -= 1
                guard case .vault(.wrongPassphrase, _) = error, attempts > 0 else { throw Failure(error) }
                question = "that is not it; passphrase for \(file.path): "
            }
        }
    }

    /// The one that opened the vault before in this run, or one that is asked for.
    private func currentPassphrase(_ source: PassphraseSource, _ question: String) throws(Failure) -> SecretBytes {
        switch passphrase {
        case .some(let known): return known.copy()
        case .none: return try passphrase(source, question, again: nil)
        }
    }

    private func choosePassphrase(_ source: PassphraseSource) throws(Failure) -> SecretBytes {
        try passphrase(source, "choose a passphrase for \(file.path): ", again: "once more: ")
    }

    private func passphrase(
        _ source: PassphraseSource, _ question: String, again: String?
    ) throws(Failure) -> SecretBytes {
        if again == nil, try unlockedState() == nil { throw Failure(VaultFileError.absent(path: file.path)) }
        do throws(PassphraseError) {
            return try source.passphrase(asking: question, again: again, in: context.environment)
        } catch {
            switch error {
            case .notAllowed, .terminal(.none), .terminal(.background):
                throw again == nil ? Failure.locked(vault: file.path) : Failure(error)
            default: throw Failure(error)
            }
        }
    }
}
