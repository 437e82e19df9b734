import Chains
import Failures
import Linux
import Secrets
import Sessions
import Stores

/// What an issuer reads of the session cache, and leaves there.
extension Issuer {
    func name(of step: Int, _ sessions: borrowing SessionCache) throws(Failure) -> String {
        let identity = try sessionMaker.identity(of: step)
        do throws(SessionCacheError) { return try sessions.name(of: identity) } catch {
            throw Failure(error)
        }
    }

    /// The cached session, if it has not ended.
    func cached(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> Session? {
        do throws(SessionCacheError) {
            guard let session = kept(try sessions.session(name)), session.end > keys.context.now else { return nil }
            return session
        } catch { throw Failure(error) }
    }

    /// The session that could not be written to disk a moment ago; the disk may still hold an older one.
    func fallbackSession(
        _ step: Int, _ name: String, _ sessions: borrowing SessionCache
    ) throws(Failure) -> Session? {
        do throws(SessionCacheError) {
            guard let session = kept(try sessions.fallbackSession(name)), lasts(session, step) else { return nil }
            return session
        } catch { throw Failure(error) }
    }

    /// The session, as long as the machine's rules let it be served.
    private func kept(_ session: consuming Session?) -> Session? {
        guard let longest = rules.longestSession else { return session }
        return session.take()?.lasting(atMost: longest)
    }

    /// A session that cannot be cached (on a full disk, say) is still an answer.
    func keep(_ session: borrowing Session, _ name: String, _ sessions: borrowing SessionCache) {
        do throws(SessionCacheError) {
            guard let obstacle = try sessions.publish(session, name, random: keys.context.random) else { return }
            keys.reportNotCached(.file(obstacle))
        } catch { keys.reportNotCached(error) }
    }

    /// The session of `step` has enough left. What the caller asks for holds for the last step: the session that a step
    /// makes lives as long whether the one that signs for it ends soon or not.
    func lasts(_ session: borrowing Session, _ step: Int) -> Bool {
        session.isServed(at: keys.context.now, isLast(step) ? freshness : .ordinary)
    }

    func isStrict(_ step: Int) -> Bool { requiresFreshness && isLast(step) }

    func isLast(_ step: Int) -> Bool { step == chain.stepCount - 1 }

    /// A code was given for the session of `step`, or the session needs none, or less than half of it is left.
    func isSpent(step: Int) throws(Failure) -> Bool {
        guard !codes.isGiven, chain.session?.mfa != nil else { return true }
        let sessions = try keys.sessions()
        guard let session = try cached(name(of: step, sessions), sessions) else { return true }
        return (session.end - keys.context.now) * 2 < session.end - session.label.issued
    }

    // MARK: - For commands about the cache

    /// Deletes the cached sessions of every step and returns how many there were.
    package func forget() throws(Failure) -> Int {
        let sessions = try keys.sessions()
        let deadline = SessionFolder.timeout
        var count = 0
        for step in (sessionMaker.keepsSource ? Chain.sourceStep : 0)..<chain.stepCount {
            let name = try name(of: step, sessions)
            if try cached(name, sessions) != nil { count += 1 }
            do throws(SessionCacheError) { try sessions.forget(name, until: deadline) } catch { throw Failure(error) }
        }
        return count
    }

    /// A cached session: when it ends, in seconds since 1970 by this machine's clock, and whether it would be served
    /// now.
    package struct Cached {
        package let end: Int64
        package let isServed: Bool
        /// AWS's time minus this machine's, in seconds.
        package let clockOffset: Int64
    }

    /// The cached session of `step`; nil if there is none or the cache is locked.
    package func cachedSession(_ step: Int) throws(Failure) -> Cached? {
        guard step >= 0 || sessionMaker.keepsSource, let sessions = try keys.unlockedSessions(),
            let session = try cached(name(of: step, sessions), sessions)
        else { return nil }
        return Cached(
            end: session.end, isServed: lasts(session, step), clockOffset: session.credentials.clockOffset)
    }
}
