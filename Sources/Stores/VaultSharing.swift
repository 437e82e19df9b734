import Crypto
import Failures
import Prompt
import Secrets
import Sessions
import Setup
import Vault

// What an open vault is to other processes: to all of them, where a person opened it; to those of the same crowd, where
// an unattended passphrase did.

extension VaultStore {
    /// When an opening that is to begin now began.
    func lockSnapshot() throws(Failure) -> LockSnapshot {
        guard let head = try head() else { return .ofNewStore }
        return UnlockedState(.sessionCache, store: head.identifier, runtimeFolder: context.paths.runtime).lockSnapshot()
    }

    /// The same where a copy is to take the vault's place, which must not be a newer version's, but may be damaged: nil
    /// then, since `warder lock` cannot lock that.
    func lockSnapshotOfReplaced() throws(Failure) -> LockSnapshot? {
        do throws(VaultFileError) { _ = try file.head() } catch {
            if case .vault(.unknownVersion, _) = error { throw Failure(error) }
            return nil
        }
        return try lockSnapshot()
    }

    /// Where a passphrase would come from.
    var passphraseMethod: StoreOpening.Method { passphraseIsUnattended ? .unattended : .typed }

    /// Whether another process that has the same unattended passphrase left the session-cache key just now.
    package func takeSharedKey() -> Bool {
        if sharedKey != nil { return true }
        guard let ground = commonGround(), let key = sharedUnlock?.key(ground) else { return false }
        sharedKey = consume key
        return true
    }

    /// Leaves the session-cache key to those who have the same unattended passphrase.
    package func share(_ key: borrowing SecretBytes) {
        guard let snapshot = opening.snapshot, let ground = commonGround() else { return }
        sharedUnlock?.leave(key, ground, snapshot: snapshot, random: context.random)
    }

    /// What a crowd is left.
    var sharedUnlock: SharedUnlock? {
        guard let head = try? head() else { return nil }
        return SharedUnlock(store: head.identifier, runtimeFolder: context.paths.runtime)
    }

    private func commonGround() -> SecretBytes? {
        guard passphraseIsUnattended else { return nil }
        return PassphraseSource.current(asking: [], credentialsFolder: context.credentialsFolder)
            .commonGround(in: context.environment)
    }
}

extension PassphraseWeakness {
    /// Warns: the passphrase is taken all the same.
    func show(on console: any Console) {
        let what =
            switch self {
            case .short(let count): "is short (\(count) \(count == 1 ? "character" : "characters"))"
            case .common: "is one of those that are guessed first"
            }
        console.note(
            "that passphrase \(what); four or more random words are better: warder vault passphrase changes it")
    }
}
