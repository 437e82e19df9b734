import AuditLog
import Chains
import Failures
import Linux
import STS
import Secrets
import Sessions
import Setup
import Stores

/// Provides one profile's credentials: from the cache if a session has enough time left, otherwise by walking the chain
/// to its source and back.
package final class Issuer {
    package let keys: Keys
    package let chain: Chain
    package let sessionMaker: SessionMaker
    /// What the machine's rules make of the chain.
    package let rules: ChainRules
    let codes: CodeSupply
    let freshness: Freshness
    let requiresFreshness: Bool
    /// A code came from the command line.
    let hadCode: Bool
    /// The deadline of waiting for the locks of all steps together, if this process may not prompt.
    var hurriedUntil: Deadline?
    /// The user knows that another process makes a session meanwhile.
    var hasSaidItWaits = false
    /// The command that gives the credentials out, for the log; nil if it does not.
    var command: String?
    /// The session of the last step was made in this process.
    var hasMinted = false

    /// - Parameters:
    ///   - freshness: the time a session must have left to be served.
    ///   - strict: fail instead of serving a session with less.
    ///   - signIn: how the user may sign in.
    ///   - narrowing: what to take away from the last role.
    package convenience init(
        _ context: Context, profile: String, keys: Keys, codes: CodeSupply, freshness: Freshness = .ordinary,
        strict: Bool = false, signIn: SignInMethod? = nil, narrowing: Narrowing = .none
    ) throws(Failure) {
        let chain = try narrowing.applied(to: ChainLoading(context, keys).chain(profile))
        try self.init(
            context, chain: chain, keys: keys, codes: codes, freshness: freshness, strict: strict, signIn: signIn)
    }

    /// An issuer of a chain that is loaded already.
    init(
        _ context: Context, chain: Chain, keys: Keys, codes: CodeSupply, freshness: Freshness, strict: Bool,
        signIn: SignInMethod?
    ) throws(Failure) {
        self.keys = keys
        self.codes = codes
        hadCode = codes.isGiven
        self.freshness = freshness
        requiresFreshness = strict
        self.chain = chain
        // A job without a terminal should not wait for a browser that the user does not see.
        let method = signIn ?? (context.isHelper || !context.canAsk ? .none : .automatic)
        rules = ChainRules(try context.policy(), chain)
        sessionMaker = try SessionMaker(
            keys, chain, codes, signIn: method, freshness: chain.stepCount == 0 ? freshness : .ordinary, rules)
        // Checked before waiting for any lock: its holder may be waiting for this process.
        try sessionMaker.source.refuseCircle()
    }

    /// An issuer with its own codes.
    ///
    /// - Parameters:
    ///   - code: a one-time code from the command line.
    ///   - command: the command that gives the credentials out, for the log; nil if it does not.
    package convenience init(
        _ context: Context, profile: String, code: String?, freshness: Freshness = .ordinary, strict: Bool = false,
        narrowing: Narrowing = .none, givenOutBy command: String? = nil
    ) throws(Failure) {
        let keys = Keys(context)
        do throws(Failure) {
            try self.init(
                context, profile: profile, keys: keys, codes: CodeSupply(given: code, keys: keys), freshness: freshness,
                strict: strict, narrowing: narrowing)
        } catch {
            if command != nil { context.record(failure: error, profile: profile, by: command) }
            throw error
        }
        self.command = command
    }

    /// An issuer of the session of a stored key, for warder's own requests about that key.
    ///
    /// - Parameter chain: one that begins with the key's own session.
    package convenience init(
        _ context: Context, sessionOf chain: Chain, keys: Keys, codes: CodeSupply
    ) throws(Failure) {
        try self.init(
            context, chain: chain, keys: keys, codes: codes, freshness: .ordinary, strict: false, signIn: nil)
    }

    /// The credentials of the session that the chain begins with.
    package func sessionCredentials() throws(Failure) -> Credentials {
        try keys.resuming { () throws(Failure) in try timely(credentials(of: 0)) }
    }

    /// The region for programs that get the credentials; nil if nothing sets one.
    package var region: String? { sessionMaker.region }

    /// Whether the environment or the profile sets a region for SDKs.
    package var hasRegion: Bool { chain.effectiveRegion { keys.context.environment.nonEmpty($0) } != nil }

    /// The profile's credentials, to be given out: if the profile requires it, the user confirms first. The log says so.
    package func credentials() throws(Failure) -> Credentials {
        try givingOut { () throws(Failure) in try timely(credentials(of: chain.stepCount - 1)) }
    }

    /// Gives out the credentials that `get` gets: if the profile requires it, the user confirms first. The log says so.
    func givingOut(_ get: () throws(Failure) -> Credentials) throws(Failure) -> Credentials {
        do throws(Failure) {
            try refuseForbidden()
            if let warning = rules.warning { keys.context.notices.add(warning) }
            let given = try keys.resuming { () throws(Failure) in
                try Consent(chain: chain, keys: keys, prompter: codes.prompter).obtain()
                return try get()
            }
            if let command { record(.served, of: chain.stepCount - 1, given, by: command) }
            return given
        } catch {
            keys.context.record(failure: error, profile: chain.profile, by: command)
            throw error
        }
    }

    /// Fails if a rule of the machine forbids the chain's credentials, whatever is cached.
    package func refuseForbidden() throws(Failure) {
        if let refusal = rules.refusal { throw refusal }
        try keys.refuseForbiddenStore()
    }

    func record(
        _ kind: Event.Kind, of step: Int, _ credentials: borrowing Credentials, by command: String? = nil
    ) {
        let (role, session) = sessionMaker.roleSession(step)
        let origin: Event.Origin? = kind == .served ? (hasMinted ? .minted : .cached) : nil
        keys.context.record(
            Event(
                kind, profile: chain.profile, role: role, session: session, keyID: credentials.accessKeyID,
                origin: origin, by: command))
    }

    /// The profile's credentials, for warder's own use.
    package func unconfirmedCredentials() throws(Failure) -> Credentials {
        try refuseForbidden()
        return try keys.resuming { () throws(Failure) in try timely(credentials(of: chain.stepCount - 1)) }
    }

    /// Warns if the clock that the expiration refers to differs from this machine's.
    func timely(_ credentials: consuming Credentials) -> Credentials {
        if credentials.clockOffset != 0 { keys.reportClockOffset(credentials.clockOffset) }
        return credentials
    }

    /// The profile's credentials, newly made.
    ///
    /// The MFA session behind a role is also made again if a code was given for it or less than half of it is left: a
    /// user who refreshes in the morning wants credentials for the whole day.
    package func refresh() throws(Failure) -> Credentials {
        try refuseForbidden()
        return try keys.resuming { () throws(Failure) in try timely(refreshed()) }
    }

    private func refreshed() throws(Failure) -> Credentials {
        let last = chain.stepCount - 1
        guard last >= 0 else {
            return sessionMaker.keepsSource ? try renewed(last, unless: nil) : try unconfirmedCredentials()
        }
        if chain.session != nil, try isSpent(step: 0) {
            let session = try renewed(0, unless: nil)
            if last == 0 { return session }
        } else if last == 0, chain.session != nil {
            return try unconfirmedCredentials()
        }
        return try renewed(last, unless: nil)
    }

    /// Whether only the first step can prompt: no role requires its own code.
    package var promptsOnlyInFirstStep: Bool {
        (chain.session != nil || sessionMaker.keepsSource) && chain.roles.allSatisfy { $0.mfa == nil }
    }

    /// Distinguishes the first step from those of other chains.
    package func beginning() throws(Failure) -> String {
        try name(of: sessionMaker.keepsSource ? Chain.sourceStep : 0, keys.sessions())
    }

    /// The first step's session, newly made if `refresh` would make it.
    package func refreshFirstStep() throws(Failure) -> Credentials {
        try refuseForbidden()
        return try keys.resuming { () throws(Failure) in try timely(refreshedFirstStep()) }
    }

    private func refreshedFirstStep() throws(Failure) -> Credentials {
        guard !sessionMaker.keepsSource else { return try renewed(Chain.sourceStep, unless: nil) }
        return try isSpent(step: 0) ? renewed(0, unless: nil) : credentials(of: 0)
    }

    /// The last step's session, newly made from the cached sessions before it, which `refreshFirstStep` made.
    package func refreshLastStep() throws(Failure) -> Credentials {
        try refuseForbidden()
        return try keys.resuming { () throws(Failure) in try renewed(chain.stepCount - 1, unless: nil) }
    }

    // MARK: - One step

    /// The credentials after `step`; for -1, the source's.
    func credentials(of step: Int, requiresAnswer: Bool = true) throws(Failure) -> Credentials {
        guard step >= 0 || sessionMaker.keepsSource else { return try sessionMaker.sourceCredentials() }
        let sessions = try keys.sessions()
        let name = try name(of: step, sessions)
        guard let session = try cached(name, sessions) else {
            return try renewed(
                step, unless: ObservedEntry(name: name, accessKeyID: nil), requiresAnswer: requiresAnswer)
        }
        if lasts(session, step) { return session.intoCredentials() }
        return try renewed(
            step, unless: ObservedEntry(name: name, accessKeyID: session.credentials.accessKeyID),
            requiresAnswer: requiresAnswer)
    }

    /// The content of an entry before waiting for its lock: which session, if any.
    private struct ObservedEntry {
        let name: String
        let accessKeyID: String?
    }

    /// Makes the session of `step` under its lock and caches it.
    ///
    /// - Parameter sight: the entry to read again under the lock, because another process may have renewed it
    ///   meanwhile; nil to make a session in any case.
    /// - Parameter requiresAnswer: no later step has an old session to serve.
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
            // An old session that still works is better than none, unless the caller requires a longer one.
            if error.cause != .stopped, !isStrict(step), sight != nil, let old = try cached(entry, sessions) {
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
        // Processes that wait for another one read together what it made. If it made nothing, one of them does.
        var waiting = sight == nil ? LockWait.exclusive : .shared
        while true {
            let lock = try lock(
                entry, sessions, hasOther: sight != nil && !isStrict(step), waiting: waiting,
                since: start)
            defer { withExtendedLifetime(lock) {} }
            if let sight, let session = try renewedMeanwhile(step, sight, sessions) { return session.intoCredentials() }
            if let shared = try sharedFailure(entry, sessions, since: start) { throw shared }
            guard lock.isShared else {
                return try makeAlone(step, entry, sessions, unless: sight, requiresAnswer: requiresAnswer)
            }
            waiting = .exclusive
        }
    }

    /// Makes the session; this process holds the lock alone.
    private func makeAlone(
        _ step: Int, _ entry: String, _ sessions: borrowing SessionCache, unless sight: ObservedEntry?,
        requiresAnswer: Bool
    ) throws(Failure) -> Credentials {
        // While an old session can be served, do not wait for a user who may be far away.
        let hasOld = if sight != nil, !isStrict(step) { try cached(entry, sessions) != nil } else { false }
        do throws(Failure) {
            return try makeAndCache(step, entry, sessions, requiresAnswer: requiresAnswer && !hasOld)
        } catch {
            note(error, entry, sessions)
            throw error
        }
    }

    /// The session that another process made while this one waited for the lock, whatever time it has left: another one
    /// would not last longer, and may cost another code.
    private func renewedMeanwhile(
        _ step: Int, _ sight: ObservedEntry, _ sessions: borrowing SessionCache
    ) throws(Failure) -> Session? {
        if let session = try cached(sight.name, sessions),
            session.credentials.accessKeyID != sight.accessKeyID || lasts(session, step)
        {
            return session
        }
        return try fallbackSession(step, sight.name, sessions)
    }

    private func makeAndCache(
        _ step: Int, _ name: String, _ sessions: borrowing SessionCache, requiresAnswer: Bool
    ) throws(Failure) -> Credentials {
        let credentials = try sessionMaker.makeSession(step, requiresAnswer: requiresAnswer) { () throws(Failure) in
            try self.credentials(of: step - 1, requiresAnswer: requiresAnswer)
        }
        if isLast(step) { hasMinted = true }
        record(.minted, of: step, credentials)
        // Credentials without an expiration, such as another program's key, would be served forever.
        guard credentials.expiration != nil else { return credentials }
        let session = Session(credentials: credentials, label: sessionMaker.label(of: step))
        keep(session, name, sessions)
        SessionFolder(keys.context.paths.sessions).sweep(now: keys.context.now)
        return session.intoCredentials()
    }
}

extension Context {
    /// Records that credentials were wanted, and why they were not given out.
    func record(failure: Failure, profile: String, by command: String?) {
        let isRefused = failure.code == .refused || [.declined, .forbidden].contains(failure.cause)
        record(Event(isRefused ? .refused : .failed, profile: profile, by: command, reason: failure.message))
    }
}
