import Crypto
import Linux
import Secrets
import Sessions
import Vault

/// The user's keys, opened no further than needed: the session-cache key first, the vault only where a key itself
/// must sign.
final class Keys {
    let context: Context
    let file: VaultFile
    var vault: Vault?
    /// The passphrase that opened the vault, for a command that opens it twice.
    var passphrase: SecretBytes?

    init(_ context: Context) {
        self.context = context
        file = VaultFile(path: context.places.vault, stateFolder: context.places.state)
    }

    /// The session cache, if that is possible without the vault; nil while locked.
    func unlockedSessions() throws(Failure) -> SessionCache? {
        guard let state = try unlockedState(), let key = state.key() else { return nil }
        return SessionCache(folder: context.places.sessions, key: key)
    }

    /// The session cache, for which the vault is opened if need be.
    func sessions() throws(Failure) -> SessionCache {
        if let sessions = try unlockedSessions() { return sessions }
        try openUnlessUnlocked()
        if vault == nil, let sessions = try unlockedSessions() { return sessions }
        try open()
        return SessionCache(folder: context.places.sessions, key: try sessionCacheKey())
    }

    /// The keys as the vault listed them when it was last open; nil while locked.
    func index() throws(Failure) -> [IndexedKey]? {
        guard let sessions = try unlockedSessions() else { return nil }
        let generation: UInt64?
        do throws(VaultFileError) { generation = try file.generation() } catch { throw Failure(error) }
        guard let generation else { return nil }
        do throws(SessionCacheError) { return try sessions.keyIndex(generation: generation) } catch {
            throw Failure(error)
        }
    }

    /// Where the session-cache key of the present vault lies while unlocked; nil where there is no vault.
    func unlockedState() throws(Failure) -> UnlockedState? {
        let identifier: VaultIdentifier?
        do throws(VaultFileError) { identifier = try file.identifier() } catch { throw Failure(error) }
        return identifier.map { UnlockedState(store: $0.hex, runtimeFolder: context.places.runtime) }
    }

    /// A stored key, ready to sign; the vault is opened for it.
    func storedKey(_ name: String) throws(Failure) -> Credentials {
        guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
        try open()
        let record: AccessKeyRecord?
        do throws(VaultError) { record = try vault?.accessKey(named: keyName) } catch {
            throw Failure(error, path: file.path)
        }
        guard let record else { throw Failure.noSuchKey(name) }
        return Credentials(
            accessKeyID: record.summary.accessKeyID, secret: record.secret.copy(), sessionToken: nil, expiration: nil,
            accountID: record.summary.accountID)
    }

    /// The key that encrypts sessions, from the open vault.
    private func sessionCacheKey() throws(Failure) -> SecretBytes {
        do throws(VaultError) {
            guard let key = try vault?.sessionCacheKey() else { throw VaultError.damaged }
            return key
        } catch { throw Failure(error, path: file.path) }
    }

    /// Unlocks with the key of the open vault.
    ///
    /// - Parameter seconds: for how long; nil for the time of the settings, and only if it is not unlocked already.
    func publishCacheKey(seconds: Int?) throws(Failure) {
        guard let state = try unlockedState() else { return }
        if seconds == nil && state.deadline != nil { return }
        let time: Int
        if let seconds { time = seconds } else { time = try Settings.load(context).unlockTime }
        let key = try sessionCacheKey()
        do throws(UnlockedStateError) { try state.unlock(key, seconds: time) } catch {
            // Only whoever asked for it needs to know: this run has the key in any case.
            if seconds != nil { throw Failure(error) }
        }
    }

    /// Brings what follows from the open vault up to date: the unlocked state, and the list of its keys.
    func settle(unlockingFor seconds: Int? = nil) throws(Failure) {
        try publishCacheKey(seconds: seconds)
        let sessions = SessionCache(folder: context.places.sessions, key: try sessionCacheKey())
        let summaries: [AccessKeySummary]
        do throws(VaultError) { summaries = try vault?.accessKeySummaries() ?? [] } catch {
            throw Failure(error, path: file.path)
        }
        let keys = summaries.map {
            IndexedKey(
                name: $0.name.text, accessKeyID: $0.accessKeyID, accountID: $0.accountID,
                createdAt: Int64(clamping: $0.createdAt))
        }
        // A list that cannot be noted, on a full disk say, only costs a passphrase later.
        try? sessions.noteKeys(keys, generation: vault?.generation ?? 0, random: .system)
    }

    /// The vault's file as it is, encrypted.
    func copyOfFile() throws(Failure) -> SecretBytes {
        do throws(VaultFileError) { return try file.copy(until: .after(milliseconds: 30_000)) } catch {
            throw Failure(error)
        }
    }

    /// Whether the open vault has a key of this name.
    func holds(_ name: String) throws(Failure) -> Bool {
        do throws(VaultError) {
            return try vault?.accessKeySummaries().contains { $0.name.text == name } ?? false
        } catch { throw Failure(error, path: file.path) }
    }
}
