import Crypto
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Text
import Vault

/// The user's keys, opened no further than needed: the session-cache key first, the store only where a key itself
/// must sign.
package final class Keys {
    package let context: Context
    private var present: (any KeyStore)?
    /// The key of a home without a store, for this run.
    var transientKey: SecretBytes?

    /// Why the first key does not go to the Secret Service, where nothing but that decides.
    package var passedOver: String?
    private let stops = PromptStops()
    private var hasSaidNotKept = false
    private var hasSaidClock = false
    /// The session-cache key, where it is in this process alone.
    private var ownKey: SecretBytes?

    package init(_ context: Context) {
        self.context = context
    }

    /// Does `work`, and anew where somebody stopped it at a prompt by Ctrl-Z: stopped, it holds no lock that others
    /// wait for, and they may have done it meanwhile.
    package func resuming<R: ~Copyable>(_ work: () throws(Failure) -> R) throws(Failure) -> R {
        let before = stops.unwind
        stops.unwind = true
        defer { stops.unwind = before }
        while true {
            do throws(Failure) { return try work() } catch {
                guard error.cause == .stopped else { throw error }
                (present as? VaultStore)?.turn = nil
                stopThisProcess()
            }
        }
    }

    // MARK: - The store

    /// Where the keys are; nil where there are none yet.
    package func store() throws(Failure) -> (any KeyStore)? {
        if let present { return present }
        if try StoreMarker(context).identifier() != nil {
            present = SecretServiceStore(context)
        } else {
            let vault = VaultStore(context, stops)
            if try vault.exists() { present = vault }
        }
        return present
    }

    /// Does `work` with the store and, where the keys were moved to the other one meanwhile, once more with that.
    private func following<R: ~Copyable>(_ work: (any KeyStore) throws(Failure) -> R) throws(Failure) -> R {
        let store = try presentStore()
        do throws(Failure) { return try work(store) } catch {
            let isMarked = try StoreMarker(context).identifier() != nil
            let now: StoreKind = isMarked ? .libsecret : .file
            guard now != store.kind else { throw error }
            present = nil
            ownKey = nil
            // Where there is nothing at all by now, the first failure says more.
            guard let other = try self.store() else { throw error }
            return try work(other)
        }
    }

    /// The store, which must be there.
    package func presentStore() throws(Failure) -> any KeyStore {
        guard let store = try store() else { throw Failure(VaultFileError.absent(path: context.paths.vault)) }
        return store
    }

    /// The vault, for its own upkeep; it need not be there.
    package func vaultStore() throws(Failure) -> VaultStore {
        switch try store() {
        case let vault as VaultStore: return vault
        case .some:
            throw Failure(
                .usage, "the keys are in the Secret Service, not in a vault",
                hint: "to move them: warder store move --to file")
        case nil:
            let vault = VaultStore(context, stops)
            present = vault
            return vault
        }
    }

    /// The vault, which must be there.
    package func presentVault() throws(Failure) -> VaultStore {
        let vault = try vaultStore()
        guard try vault.exists() else { throw Failure(VaultFileError.absent(path: vault.file.path)) }
        return vault
    }

    /// From now on the keys are in `store`.
    func use(_ store: any KeyStore) { present = store }

    // MARK: - The session cache

    /// The session cache, if that is possible without the store; nil while locked.
    package func unlockedSessions() throws(Failure) -> SessionCache? {
        guard let key = try unlockedState()?.key() ?? ownKey?.copy() else { return nil }
        return SessionCache(folder: context.paths.sessions, key: key)
    }

    /// The session cache, for which the store is opened if need be.
    package func sessions() throws(Failure) -> SessionCache {
        if let sessions = try unlockedSessions() { return sessions }
        guard try store() != nil else { return try transientSessions() }
        return try following { (store) throws(Failure) in try sessions(of: store) }
    }

    private func sessions(of store: any KeyStore) throws(Failure) -> SessionCache {
        if !store.isOpen {
            try refuseIfHeld()
            let time = try Settings.load(context).unlockTime
            let state = try unlockedState()
            let vault = store as? VaultStore
            try store.open(
                unless: { state?.deadline != nil || vault?.takeSharedKey() == true },
                finish: { key in
                    if store.opening.method == .unattended {
                        vault?.share(key)
                    } else if state?.isHeld != true {
                        try? state?.unlock(key, seconds: time, snapshot: store.opening.snapshot)
                    }
                })
            if store.isOpen { try settle() } else if let sessions = try unlockedSessions() { return sessions }
        }
        let key = try store.sessionCacheKey()
        ownKey = key.copy()
        return SessionCache(folder: context.paths.sessions, key: key)
    }

    /// Where the session-cache key lies while unlocked; nil where a store is chosen and not made yet.
    package func unlockedState() throws(Failure) -> UnlockedState? {
        guard let store = try store() else { return try transientState() }
        guard let head = try store.head() else { return nil }
        return UnlockedState(.sessionCache, store: head.identifier, runtimeFolder: context.paths.runtime)
    }

    /// A store that opens by itself would give everything away again at once: what `warder lock` took stays away until
    /// `warder unlock`.
    func refuseIfHeld() throws(Failure) {
        guard try unlockedState()?.isHeld == true else { return }
        throw Failure(.locked, "warder is locked, by warder lock", hint: "run warder unlock")
    }

    /// The keys as the store listed them when it was last open; nil while locked.
    package func index() throws(Failure) -> [IndexedKey]? {
        guard let sessions = try unlockedSessions(), let head = try store()?.head() else { return nil }
        do throws(SessionCacheError) { return try sessions.keyIndex(generation: head.generation) } catch {
            throw Failure(error)
        }
    }

    /// The keys as a list shows them, asking nobody: those of the vault as they were noted, nil while locked; those of
    /// the Secret Service as it shows them, or as they were noted, with why it does not.
    package func listing() throws(Failure) -> (keys: [IndexedKey]?, failure: Failure?) {
        let noted = try index()
        guard let store = try store(), store.kind == .libsecret else { return (noted, nil) }
        do throws(Failure) { return (try store.listing(noted: noted ?? []), nil) } catch { return (noted, error) }
    }

    /// Says, once, that what was made is not kept for later.
    package func reportNotCached(_ error: SessionCacheError) {
        guard !hasSaidNotKept else { return }
        hasSaidNotKept = true
        let wayOut = Failure.takingBack(context.paths.sessions).map { "; " + $0 } ?? ""
        context.notices.add("not kept for the next call: \(Failure(error).message)\(wayOut)")
    }

    /// Says, once, that this machine's clock is wrong, where that is so: SDKs take a session that ends by AWS's time for
    /// one that has ended, or for one that lasts.
    ///
    /// - Parameter offset: AWS's time less this machine's, in seconds.
    package func reportClockOffset(_ offset: Int64) {
        guard offset.magnitude >= Self.noticed, !hasSaidClock, !context.isHelper || context.console.isTerminal else {
            return
        }
        hasSaidClock = true
        context.console.note(
            "this machine's clock is \(spoken(clockOffset: offset)): set it, since programs go by it (timedatectl)")
    }

    /// Seconds. AWS refuses what is signed further off.
    private static let noticed: UInt64 = 300

    // MARK: - Keys

    /// A stored key, ready to sign; the store is opened for it.
    package func storedKey(_ name: String) throws(Failure) -> Credentials {
        guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
        let record = try storedRecord(keyName)
        return Credentials(
            accessKeyID: record.summary.accessKeyID, secret: record.secret.copy(), sessionToken: nil, expiration: nil,
            accountID: record.summary.accountID)
    }

    /// A stored key with all that is stored with it; the store is opened for it.
    package func storedRecord(_ name: KeyName) throws(Failure) -> AccessKeyRecord {
        try refuseIfHeld()
        return try following { (store) throws(Failure) -> AccessKeyRecord in
            let wasOpen = store.isOpen
            guard let record = try store.record(name) else { throw Failure.noSuchKey(name.text) }
            if !wasOpen, store.isOpen { try settle() }
            return record
        }
    }

    /// Whether the store has a key of this name.
    package func holds(_ name: String) throws(Failure) -> Bool {
        guard let keyName = KeyName(name), let store = try store() else { return false }
        try refuseIfHeld()
        let wasOpen = store.isOpen
        let record = try store.record(keyName)
        if !wasOpen, store.isOpen { try settle() }
        return record != nil
    }

    /// What is stored under a name that a key is to be stored under; nil for nothing. As storing it, this opens the store.
    package func recordBefore(_ name: KeyName) throws(Failure) -> AccessKeyRecord? {
        // A vault that is chosen and not made yet has nothing; what is in the Secret Service may be there before its marker.
        guard let store = try store() else { return nil }
        if store.kind == .file, try store.head() == nil { return nil }
        return try following { (store) throws(Failure) in try store.record(name) }
    }

    /// Stores a key.
    package func put(_ record: borrowing AccessKeyRecord, replacing: Bool) throws(Failure) {
        let summary = record.summary
        let shared = SharedRecord(record)
        try following { (store) throws(Failure) in try store.put(shared.copy(), replacing: replacing) }
        try settle { keys in
            let before = keys.first { $0.name == summary.name.text }
            return keys.filter { $0.name != summary.name.text }
                + [IndexedKey(summary, keepsSeed: replacing && before?.hasTOTPSeed == true)]
        }
    }

    /// Changes a stored key.
    func changeKey(_ name: KeyName, _ body: @escaping (inout AccessKeyRecord) -> Void) throws(Failure) {
        let summary = try following { (store) throws(Failure) in try store.change(name, body) }
        try settle { keys in keys.filter { $0.name != name.text } + [IndexedKey(summary)] }
    }

    /// Deletes a key.
    package func remove(_ name: KeyName) throws(Failure) {
        try following { (store) throws(Failure) in try store.remove(name) }
        try settle { keys in keys.filter { $0.name != name.text } }
    }

    // MARK: - What follows from an open store

    /// Brings what follows from the open store up to date: the unlocked state, and the list of its keys.
    ///
    /// - Parameters:
    ///   - seconds: how long to unlock for; nil for the time of the settings, and only if it is not unlocked already.
    ///   - change: what became of the keys that a store listed before which is not read as a whole.
    package func settle(unlockingFor seconds: Int? = nil, _ change: ([IndexedKey]) -> [IndexedKey] = { $0 })
        throws(Failure)
    {
        let store = try presentStore()
        let key = try store.sessionCacheKey()
        ownKey = key.copy()
        try publish(key, seconds: seconds, store.opening)
        guard let head = try store.head() else { return }
        let sessions = SessionCache(folder: context.paths.sessions, key: key)
        let keys: [IndexedKey]
        if store.kind == .file {
            keys = try store.listing(noted: [])
        } else if let noted = try? sessions.keyIndex(generation: head.generation) {
            keys = change(noted)
        } else {
            guard let listed = try? store.listing(noted: []) else { return }
            keys = change(listed)
        }
        // A list that cannot be noted, on a full disk say, only costs a passphrase later.
        try? sessions.noteKeys(keys, generation: head.generation, random: context.random)
    }

    /// Makes the session-cache key available to other processes, if the opening is one that does, and nothing was locked
    /// since it began.
    private func publish(
        _ key: borrowing SecretBytes, seconds: Int?, _ opening: StoreOpening
    ) throws(Failure) {
        guard let state = try unlockedState() else { return }
        let time: Int
        if let seconds {
            time = seconds
        } else if let left = try timeOfAnother(key, state) {
            time = left
        } else {
            guard opening.method != .unattended, !state.isHeld, state.deadline == nil else { return }
            time = try Settings.load(context).unlockTime
        }
        do throws(UnlockedStateError) { try state.unlock(key, seconds: time, snapshot: opening.snapshot) } catch {
            // Only whoever asked for it needs to know: this run has the key in any case.
            if seconds != nil { throw Failure(error) }
        }
    }

    /// How long another session-cache key than the store's would still lie unlocked, in seconds: one of before the keys
    /// were renewed.
    private func timeOfAnother(_ key: borrowing SecretBytes, _ state: UnlockedState) throws(Failure) -> Int? {
        guard let lying = state.key(), let deadline = state.deadline else { return nil }
        let isSame = lying.withUnsafeBytes { a in key.withUnsafeBytes { b in equalInConstantTime(a, b) } }
        return isSame ? nil : max(1, Int(deadline.remaining / 1000))
    }
}
