import Crypto
import Failures
import Linux
import Prompt
import Secrets
import Sessions
import Setup
import Vault

/// warder's own vault as a store: opened without a prompt if possible, else by its passphrase.
package final class VaultStore: KeyStore {
    let context: Context
    package let file: VaultFile
    private var known = StoreHeadOnce()
    /// The vault as it was last opened in this run.
    var vault: Vault?
    /// How it came to be open.
    package var opening = StoreOpening()
    /// What a crowd that has the same unattended passphrase was left by one of them.
    var sharedKey: SecretBytes?
    /// The turn to ask for the passphrase, from when this process was given it.
    var turn: PassphrasePromptLock?
    let stops: PromptStops

    /// How long a command waits for another that is at work on the vault: its scrypt, or a slow disk.
    static var timeout: Deadline { .after(milliseconds: 30_000) }

    package init(_ context: Context, _ stops: PromptStops = PromptStops()) {
        self.context = context
        self.stops = stops
        file = VaultFile(path: context.paths.vault, stateFolder: context.paths.state)
    }

    package static var kind: StoreKind { .file }
    package var isOpen: Bool { vault != nil }

    /// There is a vault.
    package func exists() throws(Failure) -> Bool { try head() != nil }

    package func head() throws(Failure) -> StoreHead? {
        try known.head { () throws(Failure) in
            do throws(VaultFileError) {
                return try file.head().map { StoreHead(identifier: $0.identifier.hex, generation: $0.generation) }
            } catch { throw Failure(error) }
        }
    }

    package func lookAgain() { known.lookAgain() }

    /// Lets another process ask for the passphrase.
    package func releaseTurn() { turn = nil }

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

    package func listing(noted: [IndexedKey]) throws(Failure) -> [IndexedKey] { try summaries().map { IndexedKey($0) } }

    package func summaries() throws(Failure) -> [AccessKeySummary] {
        try open()
        do throws(VaultError) { return try vault?.accessKeySummaries() ?? [] } catch {
            throw Failure(error, path: file.path)
        }
    }

    /// The vault's file as it is, encrypted.
    package func copyOfFile() throws(Failure) -> SecretBytes {
        do throws(VaultFileError) { return try file.copy(until: Self.timeout) } catch { throw Failure(error) }
    }

    // MARK: - Changing

    package func put(_ records: [SharedRecord], replacing: Bool) throws(Failure) {
        try change { (vault) throws(VaultError) in
            for shared in records {
                var record = shared.copy()
                guard replacing, let present = try vault.accessKey(named: record.summary.name) else {
                    try vault.add(record)
                    continue
                }
                record.keepSeed(of: present)
                try vault.replace(record)
            }
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
    ///   - policy: what may open it.
    ///   - renewing: its keys are renewed, and nothing is kept of it.
    func change(
        _ policy: OpeningPolicy = .unlocked, renewing: Bool = false,
        _ body: (inout Vault) throws(VaultError) -> Void
    ) throws(Failure) {
        try changeFurther(policy, renewing: renewing) { (vault) throws(Failure) in
            try inVault { () throws(VaultError) in try body(&vault) }
        }
    }

    /// The same, where `body` may also fail for reasons that are not the vault's.
    func changeFurther(
        _ policy: OpeningPolicy, renewing: Bool = false, _ body: (inout Vault) throws(Failure) -> Void
    ) throws(Failure) {
        lookAgain()
        if try !exists() { try StoreTable.refuseOther(than: kind, context) }
        // Another process may make it at the same moment: then there is one to change.
        if try !exists(), try make(recovery: .ifSomebodyIsThere, body) { return }
        var refusal: Failure?
        func noted(_ vault: inout Vault) throws(Failure) { try noting(body, in: &vault) }
        try openAndKeep(policy) { (opener) throws(VaultFileError) in
            let change =
                renewing
                ? try file.renew(until: Self.timeout, random: context.random, opener, noted)
                : try file.change(until: Self.timeout, random: context.random, opener, noted)
            do throws(Failure) { return try change.get() } catch {
                refusal = error
                return nil
            }
        }
        if let refusal { throw refusal }
        forgetLogStart()
    }

    /// Puts a backup in the vault's place; the passphrase asked for is the backup's.
    package func restore(_ backup: borrowing SecretBytes, from source: String) throws(Failure) {
        try context.refuse(kind)
        let copy = backup.copy()
        try openAndKeep(.copy) { (opener) throws(VaultFileError) in
            try self.file.restore(copy, from: source, until: Self.timeout, random: context.random, opener)
        }
    }

    /// Sets a new passphrase.
    ///
    /// - Parameters:
    ///   - recoveryCode: opens the vault in place of the passphrase before.
    ///   - method: where that came from.
    package func changePassphrase(
        recoveryCode: consuming SecretBytes?, _ method: StoreOpening.Method = .typed
    ) throws(Failure) {
        try refuse(.passphrase)
        switch consume recoveryCode {
        case .some(let code):
            lookAgain()
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
        noteSlot(.passphrase)
    }

    /// Makes a new recovery code, in the place of the one before, and prints it.
    package func renewRecoveryCode() throws(Failure) {
        try refuse(.recovery)
        let made = CodeBox()
        try change(.slots) { (vault) throws(VaultError) in
            made.code = try vault.setRecoveryCode(random: self.context.random)
        }
        noteSlot(.recovery)
        switch made.code.take() {
        case .some(let code): try showRecoveryCode(code, printed: true)
        case .none: break
        }
    }

    /// Moves all keys out: gives the open vault to `body` and, if that succeeds, removes it for good.
    func retire(_ body: @escaping (borrowing Vault) throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        try openAndKeep(.leaving) { (opener) throws(VaultFileError) in
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

    /// Does `work` with the open vault, whose errors are about its file.
    func inVault<R: ~Copyable>(_ work: () throws(VaultError) -> R) throws(Failure) -> R {
        do throws(VaultError) { return try work() } catch { throw Failure(error, path: file.path) }
    }
}
