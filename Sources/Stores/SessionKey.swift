import AuditLog
import Crypto
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Vault

/// The key that encrypts cached sessions: where it lies unlocked, for whom, and until when.
final class SessionKey {
    private let context: Context
    private let stores: StoreLookup
    /// The key, where it is in this process alone.
    private var own: SecretBytes?
    /// The key of a home without a store, for this run.
    private var transient: SecretBytes?

    init(_ context: Context, _ stores: StoreLookup) {
        self.context = context
        self.stores = stores
    }

    /// The key, if it can be had without the store; nil while locked.
    func unlocked() throws(Failure) -> SecretBytes? { try state()?.key() ?? own?.copy() }

    /// This process has the key.
    func take(_ key: borrowing SecretBytes) { own = key.copy() }

    /// The key belonged to another store.
    func drop() { own = nil }

    /// Where the key lies while unlocked; nil where a store is chosen and not made yet.
    func state() throws(Failure) -> UnlockedState? {
        guard let store = try stores.store() else { return try transientState() }
        guard let head = try store.head() else { return nil }
        return UnlockedState(
            .sessionCache, store: head.identifier, runtimeFolder: context.paths.runtime, limit: context.longestUnlock)
    }

    /// A store that opens by itself would give everything away again at once: what `warder lock` took stays away until
    /// `warder unlock`.
    func refuseIfHeld() throws(Failure) {
        guard try state()?.isHeld == true else { return }
        throw Failure(.locked, "warder is locked, by warder lock", hint: "run warder unlock")
    }

    /// Takes what lies unlocked away; whether anything was, nil where there is no store.
    func lock() throws(Failure) -> Bool? {
        guard let state = try state() else { return nil }
        let store = try stores.store()
        // Where that cannot be told, it is held back.
        let opensByItself = store.map { (try? $0.opensByItself()) ?? true } ?? false
        var failure: Failure?
        do throws(Failure) { try store?.lockKeys() } catch { failure = error }
        let was: Bool
        do throws(UnlockedStateError) { was = opensByItself ? try state.hold() : try state.lock() } catch {
            throw Failure.notLocked(error)
        }
        if was { context.record(Event(.locked)) }
        if let failure { throw failure }
        return was
    }

    // MARK: - Of an open store

    /// Makes the session-cache key available to other processes, if the opening is one that does, and nothing was locked
    /// since it began.
    func publish(
        _ key: borrowing SecretBytes, seconds: Int?, _ opening: StoreOpening
    ) throws(Failure) {
        guard let state = try state() else { return }
        let time: Int
        if let seconds {
            time = seconds
        } else if let left = try timeOfAnother(key, state) {
            time = left
        } else {
            guard opening.method != .unattended, !state.isHeld, state.deadline == nil else { return }
            time = try Settings.load(context).unlockTime
        }
        do throws(UnlockedStateError) {
            try state.unlock(key, seconds: time, snapshot: opening.snapshot)
            context.record(Event(.unlocked))
        } catch {
            // Only a caller that asked for it needs to know: this run has the key in any case.
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

    // MARK: - Of a home without a store

    // Sessions of users without a stored key: of a key in a file, an instance's role, a sign-in. They are
    // encrypted under a key that lies in the kernel alone. When its time is out the sessions are lost, which costs a login.

    /// Where the session-cache key of a home without a store lies.
    private func transientState() throws(Failure) -> UnlockedState {
        let path = Array(context.paths.store.utf8)
        let digest: [UInt8]
        do throws(CryptoError) {
            digest = try path.span.withUnsafeBytes { (path) throws(CryptoError) in try sha256(path) }
        } catch { throw Failure(error) }
        let identifier = VaultIdentifier(Array(digest.prefix(VaultIdentifier.size)))?.hex ?? ""
        return UnlockedState(
            .sessionCache, store: identifier, runtimeFolder: context.paths.runtime, limit: context.longestUnlock)
    }

    /// The key of a home without a store. Where nothing holds one, this run alone has it.
    func ofHomeWithoutStore() throws(Failure) -> SecretBytes {
        let state = try transientState()
        let snapshot = state.lockSnapshot()
        if let key = state.key() { return key }
        let lock = try StoreMarker(context).lockForReading()
        defer { withExtendedLifetime(lock) {} }
        if let key = state.key() { return key }
        if transient == nil {
            let key = try randomKey(context.random)
            try? state.unlock(key, seconds: try Settings.load(context).unlockTime, snapshot: snapshot)
            transient = consume key
        }
        guard let key = transient?.copy() else { throw Failure.noStore }
        return key
    }
}
