import Crypto
import Failures
import Linux
import Prompt
import Secrets
import Sessions
import Setup
import Vault

/// warder's own vault as a store: opened by whatever asks nobody first, then by its passphrase.
package final class VaultStore: KeyStore {
    let context: Context
    package let file: VaultFile
    /// The vault as it was last opened in this run.
    var vault: Vault?
    /// How it came to be open.
    package var opening = StoreOpening()
    /// What a crowd that has the same unattended passphrase was left by one of them.
    var sharedKey: SecretBytes?
    /// The turn to ask for the passphrase, from when this process was given it.
    var turn: PassphrasePromptLock?
    /// While this process has the turn to ask: whether the passphrase is not needed any more.
    var isNeedless: (() -> Bool)?
    let stops: PromptStops

    /// How long a command waits for another that is at work on the vault: its scrypt, or a slow disk.
    static var timeout: Deadline { .after(milliseconds: 30_000) }

    init(_ context: Context, _ stops: PromptStops = PromptStops()) {
        self.context = context
        self.stops = stops
        file = VaultFile(path: context.paths.vault, stateFolder: context.paths.state)
    }

    package var kind: StoreKind { .file }
    package var isOpen: Bool { vault != nil }

    /// There is a vault.
    package func exists() throws(Failure) -> Bool { try head() != nil }

    package func head() throws(Failure) -> StoreHead? {
        do throws(VaultFileError) {
            guard let identifier = try file.identifier(), let generation = try file.generation() else { return nil }
            return StoreHead(identifier: identifier.hex, generation: generation)
        } catch { throw Failure(error) }
    }

    // MARK: - Reading

    package func sessionCacheKey() throws(Failure) -> SecretBytes {
        if vault == nil, let shared = sharedKey?.copy() { return shared }
        try open()
        do throws(VaultError) {
            guard let key = try vault?.sessionCacheKey() else { throw VaultError.damaged }
            return key
        } catch { throw Failure(error, path: file.path) }
    }

    package func record(_ name: KeyName) throws(Failure) -> AccessKeyRecord? {
        try open()
        do throws(VaultError) { return try vault?.accessKey(named: name) } catch {
            throw Failure(error, path: file.path)
        }
    }

    package func listing(noted: [IndexedKey]) throws(Failure) -> [IndexedKey] {
        try open()
        do throws(VaultError) { return try (vault?.accessKeySummaries() ?? []).map { IndexedKey($0) } } catch {
            throw Failure(error, path: file.path)
        }
    }

    /// The vault's file as it is, encrypted.
    package func copyOfFile() throws(Failure) -> SecretBytes {
        do throws(VaultFileError) { return try file.copy(until: Self.timeout) } catch { throw Failure(error) }
    }

    // MARK: - Changing

    package func put(_ record: borrowing AccessKeyRecord, replacing: Bool) throws(Failure) {
        let shared = SharedRecord(record)
        try change { (vault) throws(VaultError) in
            var record = shared.copy()
            guard replacing, let present = try vault.accessKey(named: record.summary.name) else {
                return try vault.add(record)
            }
            record.keepSeed(of: present)
            try vault.replace(record)
        }
    }

    package func change(
        _ name: KeyName, _ body: @escaping (inout AccessKeyRecord) -> Void
    ) throws(Failure) -> AccessKeySummary {
        var summary: AccessKeySummary?
        try change { (vault) throws(VaultError) in
            guard var record = try vault.accessKey(named: name) else { throw VaultError.noSuchKey(name) }
            body(&record)
            summary = record.summary
            try vault.replace(record)
        }
        guard let summary else { throw Failure.noSuchKey(name.text) }
        return summary
    }

    package func remove(_ name: KeyName) throws(Failure) {
        try change { (vault) throws(VaultError) in try vault.remove(name) }
    }

    /// Changes the vault, which is made first where there is none.
    ///
    /// - Parameters:
    ///   - trust: what may open it.
    ///   - renewing: its keys are renewed, and nothing is kept of it.
    func change(
        _ policy: OpeningPolicy = .unlocked, renewing: Bool = false,
        _ body: @escaping (inout Vault) throws(VaultError) -> Void
    ) throws(Failure) {
        if try !exists(), try StoreMarker(context).identifier() != nil { throw Failure.moved }
        // Another process may make it at the same moment: then there is one to change.
        if try !exists(), try make(recovery: .ifSomebodyIsThere, body) { return }
        try openAndKeep(policy) { (opener) throws(VaultFileError) in
            if renewing { return try self.file.renew(until: Self.timeout, random: context.random, opener, body) }
            return try self.file.change(until: Self.timeout, random: context.random, opener, body)
        }
    }

    /// Puts a backup in the vault's place; the passphrase asked for is the backup's.
    package func restore(_ backup: borrowing SecretBytes) throws(Failure) {
        let copy = backup.copy()
        try openAndKeep(.copy) { (opener) throws(VaultFileError) in
            try self.file.restore(copy, until: Self.timeout, random: context.random, opener)
        }
    }

    /// Sets a new passphrase.
    ///
    /// - Parameters:
    ///   - recoveryCode: opens the vault in place of the passphrase before.
    ///   - way: where that came from.
    package func changePassphrase(
        recoveryCode: consuming SecretBytes?, _ method: StoreOpening.Method = .typed
    ) throws(Failure) {
        switch consume recoveryCode {
        case .some(let code):
            let opener: VaultOpener = { (bytes) throws(VaultError) in try Vault.open(bytes, recoveryCode: code) }
            opening = StoreOpening(method: method, snapshot: try lockSnapshot())
            // Opened first, so that a slip in the code is found before a passphrase is thought up.
            do throws(VaultFileError) { vault = try file.open(until: Self.timeout, opener) } catch {
                throw Failure(error)
            }
        case .none:
            try openAndKeep(.slots) { (opener) throws(VaultFileError) in
                try self.file.open(until: Self.timeout, opener)
            }
        }
        let new = try choosePassphrase(.new(asking: try methods()))
        try change { (vault) throws(VaultError) in
            try vault.setPassphrase(new, cost: self.context.world.passphraseCost, random: self.context.random)
        }
    }

    /// Makes a new recovery code, in the place of the one before, and prints it.
    package func renewRecoveryCode() throws(Failure) {
        let made = CodeBox()
        try change(.slots) { (vault) throws(VaultError) in
            made.code = try vault.setRecoveryCode(random: self.context.random)
        }
        switch made.code.take() {
        case .some(let code): try showRecoveryCode(code, printed: true)
        case .none: break
        }
    }

    /// Moves all keys out: gives the open vault to `body` and, if that succeeds, removes it for good.
    func retire(_ body: @escaping (borrowing Vault) throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        try openAndKeep { (opener) throws(VaultFileError) in
            failure = nil
            _ = try self.file.retire(until: Self.timeout, opener) { vault in
                do throws(Failure) {
                    try body(vault)
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
            return nil
        }
        if let failure { throw failure }
    }

    // MARK: - A new vault

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
        guard try !exists(), try make(recovery: recovery, { (_) throws(VaultError) in }) else {
            throw Failure(VaultFileError.exists(path: file.path))
        }
    }

    /// Makes a vault under a passphrase that is asked for twice; false where there is one by then.
    ///
    /// - Parameter sessionCacheKey: the key that encrypts sessions already; nil to make one.
    func make(
        recovery: Recovery, sessionCacheKey: borrowing SecretBytes? = nil,
        _ body: (inout Vault) throws(VaultError) -> Void
    ) throws(Failure) -> Bool {
        opening = StoreOpening(method: passphraseMethod, snapshot: .ofNewStore)
        let passphrase = try choosePassphrase(passphraseSource())
        let hasTerminal = context.mayPrompt && (try? context.terminal()) != nil
        let wantsCode = recovery == .printed || (recovery == .ifSomebodyIsThere && hasTerminal)
        var code: SecretBytes? = nil
        var new = try new(sessionCacheKey)
        do throws(VaultError) {
            try new.setPassphrase(passphrase, cost: context.world.passphraseCost, random: context.random)
            if wantsCode { code = try new.setRecoveryCode(random: context.random) }
            try body(&new)
        } catch { throw Failure(error, path: file.path) }
        do throws(VaultFileError) {
            try file.create(&new, until: Self.timeout, random: context.random)
        } catch {
            if case .exists = error { return false }
            throw Failure(error)
        }
        vault = consume new
        context.console.note("made a vault at \(file.path)")
        switch consume code {
        case .some(let code): try showRecoveryCode(code, printed: recovery == .printed)
        case .none: context.console.note("it has no recovery code; warder vault recovery makes one")
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
    /// - Throws: where it reached nobody: it is kept nowhere else.
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
