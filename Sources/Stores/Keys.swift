import Failures
import Linux
import Sessions
import Setup
import Text
import Vault

/// The user's keys, opened no further than needed: the session-cache key first, the store only where a key itself
/// must sign.
package final class Keys {
    package let context: Context
    private let stops = PromptStops()
    private let stores: StoreLookup
    let sessionKey: SessionKey
    private let list: KeyIndex
    private var hasSaidNotKept = false
    private var hasSaidClock = false

    package init(_ context: Context) {
        self.context = context
        stores = StoreLookup(context, stops)
        sessionKey = SessionKey(context, stores)
        list = KeyIndex(context: context)
    }

    /// Does `work`, and again after the user stopped it at a prompt with Ctrl-Z: while stopped it holds no lock that others
    /// wait for, and they may have done it meanwhile.
    package func resuming<R: ~Copyable>(_ work: () throws(Failure) -> R) throws(Failure) -> R {
        try stops.resuming(
            release: {
                stores.releaseTurn()
                lookAgain()
            }, work)
    }

    /// Says that this process is about to wait for anything: what the store shows of itself is read each time from then
    /// on.
    package func lookAgain() { stores.lookAgain() }

    // MARK: - The store

    /// Where the keys are; nil where there are none yet.
    package func store() throws(Failure) -> (any KeyStore)? { try stores.store() }

    /// The store, which must be there.
    package func presentStore() throws(Failure) -> any KeyStore { try stores.presentStore() }

    /// The vault, for its own upkeep; it need not be there.
    package func vaultStore() throws(Failure) -> VaultStore { try stores.vaultStore() }

    /// The vault, in whose place a copy is put: it need not be there, nor be readable.
    package func vaultToReplace() throws(Failure) -> VaultStore { try stores.vaultToReplace() }

    /// The vault, which must be there.
    package func presentVault() throws(Failure) -> VaultStore {
        let vault = try vaultStore()
        guard try vault.exists() else { throw Failure(VaultFileError.absent(path: vault.file.path)) }
        return vault
    }

    /// The store that a key is to go into: the present one or, for the first key, one that is chosen here.
    ///
    /// - Parameter wanted: what the command line says.
    package func chooseStore(_ wanted: StoreKind?) throws(Failure) { try stores.choose(wanted) }

    /// Why the first key does not go to the Secret Service, where nothing but that decides.
    package var passedOver: String? { stores.passedOver }

    /// From now on the keys are in `store`.
    func use(_ store: any KeyStore) { stores.use(store) }

    /// Does `work` with the store, in which the keys are even if they are moved meanwhile.
    func following<R: ~Copyable>(_ work: (any KeyStore) throws(Failure) -> R) throws(Failure) -> R {
        try stores.following(moved: { sessionKey.drop() }, work)
    }

    /// How the store would open for the next `process`, as far as can be seen without a secret.
    ///
    /// - Parameter needsCache: it must open for the sessions, not for a key alone.
    package func storeOutlook(needsCache: Bool) throws(Failure) -> StoreOutlook {
        guard let store = try store() else { return .unasked }
        do throws(Failure) { try sessionKey.refuseIfHeld() } catch { return .closed(error) }
        return try store.outlook(needsCache: needsCache)
    }

    // MARK: - Locked and unlocked

    /// Where the session-cache key lies while unlocked; nil where a store is chosen and not made yet.
    package func unlockedState() throws(Failure) -> UnlockedState? { try sessionKey.state() }

    /// Takes what lies unlocked away; whether anything was, nil where there is no store.
    package func lock() throws(Failure) -> Bool? { try sessionKey.lock() }

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
        sessionKey.take(key)
        try sessionKey.publish(key, seconds: seconds, store.opening)
        if context.events.files?.mayHaveWaitingStart == true, store.mayKeepLogStart {
            try? store.keepLogStart(droppingOthers: false)
        }
        guard let head = try store.head() else { return }
        try list.note(store, head, SessionCache(folder: context.paths.sessions, key: key), change)
    }

    // MARK: - The list of keys

    /// The keys as the store listed them when it was last open; nil while locked.
    package func index() throws(Failure) -> [IndexedKey]? {
        guard let sessions = try unlockedSessions(), let head = try store()?.head() else { return nil }
        return try list.noted(sessions, head)
    }

    /// The keys as a list shows them, without a prompt: those of the vault as they were noted, nil while locked; those of
    /// the Secret Service as it shows them, or as they were noted, with why it does not.
    package func listing() throws(Failure) -> (keys: [IndexedKey]?, failure: Failure?) {
        let noted = try index()
        guard let store = try store(), !store.isListExact else { return (noted, nil) }
        do throws(Failure) { return (try store.listing(noted: noted ?? []), nil) } catch { return (noted, error) }
    }

    // MARK: - Said once

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
}
