import Crypto
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Vault

// Sessions of whoever has no key stored: of a key that stands in a file, an instance's role, a sign-in. They are
// encrypted under a key that lies in the kernel alone. When its time is out the sessions are lost, which costs a login.

extension Keys {
    /// Where the session-cache key of a home without a store lies.
    func transientState() throws(Failure) -> UnlockedState {
        let path = Array(context.paths.store.utf8)
        let digest: [UInt8]
        do throws(CryptoError) {
            digest = try path.span.withUnsafeBytes { (path) throws(CryptoError) in try sha256(path) }
        } catch { throw Failure(error) }
        let identifier = VaultIdentifier(Array(digest.prefix(VaultIdentifier.size)))?.hex ?? ""
        return UnlockedState(.sessionCache, store: identifier, runtimeFolder: context.paths.runtime)
    }

    /// The session cache of a home without a store. Where nothing holds a key, this run alone has it.
    func transientSessions() throws(Failure) -> SessionCache {
        let state = try transientState()
        let snapshot = state.lockSnapshot()
        if let key = state.key() { return SessionCache(folder: context.paths.sessions, key: key) }
        let lock = try StoreMarker(context).lockForReading()
        defer { withExtendedLifetime(lock) {} }
        if let key = state.key() { return SessionCache(folder: context.paths.sessions, key: key) }
        if transientKey == nil {
            let key = try randomKey(context.random)
            try? state.unlock(key, seconds: try Settings.load(context).unlockTime, snapshot: snapshot)
            transientKey = consume key
        }
        guard let key = transientKey?.copy() else { throw Failure.noStore }
        return SessionCache(folder: context.paths.sessions, key: key)
    }
}
