import AuditLog
import Failures
import Secrets
import Sessions
import Setup

/// The session cache, and what is in it.
extension Keys {
    /// The session cache, if that is possible without the store; nil while locked.
    package func unlockedSessions() throws(Failure) -> SessionCache? {
        guard let key = try sessionKey.unlocked() else { return nil }
        return SessionCache(folder: context.paths.sessions, key: key)
    }

    /// The session cache, for which the store is opened if need be.
    package func sessions() throws(Failure) -> SessionCache {
        if let sessions = try unlockedSessions() { return sessions }
        guard try store() != nil else {
            return SessionCache(folder: context.paths.sessions, key: try sessionKey.ofHomeWithoutStore())
        }
        return try following { (store) throws(Failure) in try sessions(of: store) }
    }

    private func sessions(of store: any KeyStore) throws(Failure) -> SessionCache {
        if !store.isOpen {
            try sessionKey.refuseIfHeld()
            let time = try Settings.load(context).unlockTime
            let state = try unlockedState()
            try store.open(
                unless: { state?.deadline != nil || store.takeSharedKey() },
                finish: { key in
                    if store.opening.method == .unattended {
                        store.share(key)
                    } else if state?.isHeld != true {
                        unlock(key, state, seconds: time, store.opening)
                    }
                })
            if store.isOpen { try settle() } else if let sessions = try unlockedSessions() { return sessions }
        }
        let key = try store.sessionCacheKey()
        sessionKey.take(key)
        return SessionCache(folder: context.paths.sessions, key: key)
    }

    /// Makes the session-cache key available to other processes, if it can be.
    private func unlock(
        _ key: borrowing SecretBytes, _ state: UnlockedState?, seconds: Int, _ opening: StoreOpening
    ) {
        guard let state, (try? state.unlock(key, seconds: seconds, snapshot: opening.snapshot)) != nil else { return }
        context.record(Event(.unlocked))
    }

    /// The cached sessions that have not ended; nil while locked.
    package func liveSessions() throws(Failure) -> [SessionSummary]? {
        guard let sessions = try unlockedSessions() else { return nil }
        let now = context.now
        let longest = try context.policy().longestSession.map { Int64($0.value) }
        do throws(SessionCacheError) {
            return try sessions.all().map { session in longest.map(session.lasting) ?? session }
                .filter { $0.expiration > now }
        } catch { throw Failure(error) }
    }

    /// How much there is in the cache; nil while locked.
    package func counts() throws(Failure) -> SessionCounts? {
        guard let sessions = try unlockedSessions() else { return nil }
        do throws(SessionCacheError) { return try sessions.counts(now: context.now) } catch { throw Failure(error) }
    }

    /// Drops every cached session, which needs no key.
    package func forgetAllSessions() throws(Failure) {
        do throws(SessionCacheError) { try SessionFolder(context.paths.sessions).forgetAll() } catch {
            throw Failure(error)
        }
    }

    /// Drops the cached sessions that came from a stored key; all of them where the cache is locked and it cannot be
    /// told which those are.
    package func forgetSessions(ofKey name: String) throws(Failure) {
        guard let sessions = try unlockedSessions() else { return try forgetAllSessions() }
        do throws(SessionCacheError) {
            for session in try sessions.all() where session.label.key == name { try sessions.forget(session.name) }
        } catch { throw Failure(error) }
    }
}
