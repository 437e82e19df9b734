import Chains
import Failures
import Linux
import STS
import Secrets
import Sessions
import Setup
import Stores

/// Answers for one profile: from the cache where a session lasts, else by walking the chain to its source and back.
package final class Issuer {
    package let keys: Keys
    package let chain: Chain
    package let sessionMaker: SessionMaker
    let codes: CodeSupply
    private let freshness: Freshness
    private let isStrict: Bool
    /// A code came from the command line.
    let hadCode: Bool
    /// Until when the locks of the steps are waited for where nobody is asked.
    var hurriedUntil: Deadline?

    /// - Parameters:
    ///   - freshness: what a session must have left to be served.
    ///   - strict: rather fail than serve a session with less.
    ///   - signIn: how somebody may sign in.
    ///   - narrowing: what the last role is to be without.
    package init(
        _ context: Context, profile: String, keys: Keys, codes: CodeSupply, freshness: Freshness = .ordinary,
        strict: Bool = false, signIn: SignInMethod? = nil, narrowing: Narrowing = .none
    ) throws(Failure) {
        self.keys = keys
        self.codes = codes
        hadCode = codes.isGiven
        self.freshness = freshness
        isStrict = strict
        let loading = ChainLoading(context, keys)
        chain = try narrowing.applied(to: loading.chain(profile))
        // A job without a terminal is not to wait for a browser that nobody looks at.
        let method = signIn ?? (context.isHelper || !context.canAsk ? .none : .automatic)
        sessionMaker = try SessionMaker(keys, chain, codes, signIn: method)
        // Before any lock is waited for, which may be the one that waits for this.
        try sessionMaker.source.refuseCircle()
    }

    /// An issuer with codes of its own.
    ///
    /// - Parameter code: a one-time code from the command line.
    package convenience init(
        _ context: Context, profile: String, code: String?, freshness: Freshness = .ordinary, strict: Bool = false,
        narrowing: Narrowing = .none
    ) throws(Failure) {
        let keys = Keys(context)
        try self.init(
            context, profile: profile, keys: keys, codes: CodeSupply(given: code, keys: keys), freshness: freshness,
            strict: strict, narrowing: narrowing)
    }

    /// The region for programs that get the credentials; nil where nothing names one.
    package var region: String? { sessionMaker.region }

    /// The profile's credentials, to be given out: somebody says yes to it first, where the profile wants that.
    package func credentials() throws(Failure) -> Credentials {
        try keys.resuming { () throws(Failure) in
            try Consent(chain: chain, keys: keys, prompter: codes.prompter).obtain()
            return try timely(credentials(of: chain.stepCount - 1))
        }
    }

    /// The profile's credentials, for warder's own use.
    package func unconfirmedCredentials() throws(Failure) -> Credentials {
        try keys.resuming { () throws(Failure) in try timely(credentials(of: chain.stepCount - 1)) }
    }

    /// Says so where the clock by which they end is not this machine's.
    private func timely(_ credentials: consuming Credentials) -> Credentials {
        if credentials.clockOffset != 0 { keys.reportClockOffset(credentials.clockOffset) }
        return credentials
    }

    /// The profile's credentials, minted now.
    ///
    /// The MFA session behind a role is minted too, where a code was given for it or less than half of it is left:
    /// whoever refreshes in the morning wants the whole day.
    package func refresh() throws(Failure) -> Credentials {
        try keys.resuming { () throws(Failure) in try timely(refreshed()) }
    }

    private func refreshed() throws(Failure) -> Credentials {
        let last = chain.stepCount - 1
        guard last >= 0 else {
            return sessionMaker.keepsSource ? try renewed(last, unless: nil) : try unconfirmedCredentials()
        }
        if chain.session != nil, try isSpent(step: 0) {
            let session = try renewed(0, unless: nil)
            if last == 0 { return session }
        } else if last == 0 {
            return try unconfirmedCredentials()
        }
        return try renewed(last, unless: nil)
    }

    /// Whether nobody can be asked for anything after the first step: no role wants a code of its own.
    package var promptsOnlyInFirstStep: Bool {
        (chain.session != nil || sessionMaker.keepsSource) && chain.roles.allSatisfy { $0.mfa == nil }
    }

    /// What tells the first step from those of other chains.
    package func beginning() throws(Failure) -> String {
        try name(of: sessionMaker.keepsSource ? Chain.sourceStep : 0, keys.sessions())
    }

    /// The first step's session, minted now where `refresh` would mint it.
    package func refreshFirstStep() throws(Failure) -> Credentials {
        try keys.resuming { () throws(Failure) in try timely(refreshedFirstStep()) }
    }

    private func refreshedFirstStep() throws(Failure) -> Credentials {
        guard !sessionMaker.keepsSource else { return try renewed(Chain.sourceStep, unless: nil) }
        return try isSpent(step: 0) ? renewed(0, unless: nil) : credentials(of: 0)
    }

    /// The last step's session, minted now with what is cached of the steps before it: `refreshFirstStep` brought that.
    package func refreshLastStep() throws(Failure) -> Credentials {
        try keys.resuming { () throws(Failure) in try renewed(chain.stepCount - 1, unless: nil) }
    }

    /// Drops the cached sessions of every step; how many there were.
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

    /// A session in the cache: when it ends, in seconds since 1970 by this machine's clock, and whether it would be served
    /// now.
    package struct Cached {
        package let end: Int64
        package let isServed: Bool
        /// AWS's time less this machine's, in seconds.
        package let clockOffset: Int64
    }

    /// The cached session of `step`; nil where there is none, or the cache is locked.
    package func cachedSession(_ step: Int) throws(Failure) -> Cached? {
        guard step >= 0 || sessionMaker.keepsSource, let sessions = try keys.unlockedSessions(),
            let session = try cached(name(of: step, sessions), sessions)
        else { return nil }
        return Cached(
            end: session.end, isServed: lasts(session), clockOffset: session.credentials.clockOffset)
    }

    // MARK: - One step

    /// The credentials after `step`; those of the source for -1.
    private func credentials(of step: Int, requiresAnswer: Bool = true) throws(Failure) -> Credentials {
        guard step >= 0 || sessionMaker.keepsSource else { return try sessionMaker.sourceCredentials() }
        let sessions = try keys.sessions()
        let name = try name(of: step, sessions)
        guard let session = try cached(name, sessions) else {
            return try renewed(
                step, unless: ObservedEntry(name: name, accessKeyID: nil), requiresAnswer: requiresAnswer)
        }
        if lasts(session) { return session.intoCredentials() }
        return try renewed(
            step, unless: ObservedEntry(name: name, accessKeyID: session.credentials.accessKeyID),
            requiresAnswer: requiresAnswer)
    }

    /// What was in an entry before its lock was waited for: whose session, if any.
    private struct ObservedEntry {
        let name: String
        let accessKeyID: String?
    }

    /// Mints the session of `step` under its lock and publishes it.
    ///
    /// - Parameter sight: the entry to read again under the lock, since another process may have renewed it meanwhile;
    ///   nil to mint in any case.
    /// - Parameter isUrgent: no later step has an old session to serve.
    private func renewed(_ step: Int, unless sight: ObservedEntry?, requiresAnswer: Bool = true) throws(Failure)
        -> Credentials
    {
        keys.lookAgain()
        let sessions = try keys.sessions()
        let entry: String
        if let sight { entry = sight.name } else { entry = try self.name(of: step, sessions) }
        do throws(Failure) {
            return try renewedUnderLock(step, entry, sessions, unless: sight, requiresAnswer: requiresAnswer)
        } catch {
            // An old session that still works is better than none, unless the caller wants more of it.
            if error.cause != .stopped, !isStrict, sight != nil, let old = try cached(entry, sessions) {
                return old.intoCredentials()
            }
            throw error
        }
    }

    private func renewedUnderLock(
        _ step: Int, _ entry: String, _ sessions: borrowing SessionCache, unless sight: ObservedEntry?,
        requiresAnswer: Bool
    ) throws(Failure) -> Credentials {
        let start = Deadline.now
        let lock = try lock(entry, sessions, hasOther: sight != nil && !isStrict)
        defer { withExtendedLifetime(lock) {} }
        if let sight, let session = try renewedMeanwhile(sight, sessions) { return session.intoCredentials() }
        if let shared = try sharedFailure(entry, sessions, since: start) { throw shared }
        // With something to serve meanwhile, nobody is waited for who may be far away.
        let hasOld = if sight != nil, !isStrict { try cached(entry, sessions) != nil } else { false }
        do throws(Failure) {
            return try makeAndCache(step, entry, sessions, requiresAnswer: requiresAnswer && !hasOld)
        } catch {
            note(error, entry, sessions)
            throw error
        }
    }

    /// What another process has made while the lock was waited for, whatever is left of it: another one would not last
    /// longer, and may cost another code.
    private func renewedMeanwhile(
        _ sight: ObservedEntry, _ sessions: borrowing SessionCache
    ) throws(Failure) -> Session? {
        if let session = try cached(sight.name, sessions),
            session.credentials.accessKeyID != sight.accessKeyID || lasts(session)
        {
            return session
        }
        return try fallbackSession(sight.name, sessions)
    }

    private func makeAndCache(
        _ step: Int, _ name: String, _ sessions: borrowing SessionCache, requiresAnswer: Bool
    ) throws(Failure) -> Credentials {
        let credentials = try sessionMaker.makeSession(step, requiresAnswer: requiresAnswer) { () throws(Failure) in
            try self.credentials(of: step - 1, requiresAnswer: requiresAnswer)
        }
        // What has no end could be served for ever: another program's key, say.
        guard credentials.expiration != nil else { return credentials }
        let session = Session(credentials: credentials, label: sessionMaker.label(of: step))
        keep(session, name, sessions)
        SessionFolder(keys.context.paths.sessions).sweep(now: keys.context.now)
        return session.intoCredentials()
    }
}

// MARK: - The cache

extension Issuer {
    private func name(of step: Int, _ sessions: borrowing SessionCache) throws(Failure) -> String {
        let identity = try sessionMaker.identity(of: step)
        do throws(SessionCacheError) { return try sessions.name(of: identity) } catch {
            throw Failure(error)
        }
    }

    /// The cached session, if it has not ended.
    func cached(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> Session? {
        do throws(SessionCacheError) {
            guard let session = try sessions.session(name), session.end > keys.context.now else { return nil }
            return session
        } catch { throw Failure(error) }
    }

    /// The session that the disk did not take a moment ago: an older one may lie there still.
    private func fallbackSession(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> Session? {
        do throws(SessionCacheError) {
            guard let session = try sessions.fallbackSession(name), lasts(session) else { return nil }
            return session
        } catch { throw Failure(error) }
    }

    /// A session that cannot be cached, on a full disk say, is still an answer.
    private func keep(_ session: borrowing Session, _ name: String, _ sessions: borrowing SessionCache) {
        do throws(SessionCacheError) {
            guard let obstacle = try sessions.publish(session, name, random: keys.context.random) else { return }
            keys.reportNotCached(.file(obstacle))
        } catch { keys.reportNotCached(error) }
    }

    private func lasts(_ session: borrowing Session) -> Bool { session.isServed(at: keys.context.now, freshness) }

    /// A code was given for the session of `step`, or it needs none, or less than half of it is left.
    private func isSpent(step: Int) throws(Failure) -> Bool {
        guard !codes.isGiven, chain.session?.mfa != nil else { return true }
        let sessions = try keys.sessions()
        guard let session = try cached(name(of: step, sessions), sessions) else { return true }
        return (session.end - keys.context.now) * 2 < session.end - session.label.issued
    }
}
