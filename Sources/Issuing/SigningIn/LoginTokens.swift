import Chains
import Failures
import Linux
import Profiles
import SSO
import STS
import Secrets
import Sessions
import Setup
import Stores
import Text
import Times
import Transport

/// The tokens of a login: keeps and renews them, and signs in for new ones.
///
/// warder's own sign-in takes precedence over the AWS CLI's, which is used and renewed in place, as SDKs do.
struct LoginTokens {
    let keys: Keys
    let calls: AWSCalls
    let method: SignInMethod
    /// How long the credentials must remain valid.
    let freshness: Freshness
    let session: Setting
    let profile: String
    let site: LoginSite

    private var context: Context { keys.context }
    private var now: UnixTime { UnixTime(context.now) }
    private var cache: LoginCache { LoginCache(context: context) }
    private var sent: SentTokens { SentTokens(context: context) }

    /// The credentials, with five minutes left or what is wanted, if possible; of a hundred processes, one renews them.
    func credentials() throws(Failure) -> Credentials {
        let kept = try KeptLogin(session.value, keys)
        let seen: String?
        switch try usable(kept) {
        case .some(let token):
            if let credentials = current(token) { return credentials }
            seen = token.accessKeyID
        case .none: seen = nil
        }
        let lock = try kept.lock(until: timeout)
        defer { withExtendedLifetime(lock) {} }
        // Credentials that another process has just got are used, however long they have left.
        if let token = try usable(kept), token.isValid(at: now),
            token.accessKeyID != seen || !needsRenewal(token)
        {
            return token.credentials()
        }
        if let credentials = try renewed(kept) { return credentials }
        return try signIn(kept)
    }

    /// Signs in, whether that is necessary or not.
    func signInAnew() throws(Failure) {
        let kept = try KeptLogin(session.value, keys)
        let lock = try kept.lock(until: timeout)
        defer { withExtendedLifetime(lock) {} }
        let token = try newToken()
        do throws(SessionCacheError) { try kept.keep(token) } catch { throw Failure(error) }
    }

    /// The credentials, unless they are to be renewed.
    private func current(_ token: borrowing LoginToken) -> Credentials? {
        needsRenewal(token) ? nil : token.credentials()
    }

    /// Renewing more often than once a minute would not make them last longer.
    private func needsRenewal(_ token: borrowing LoginToken) -> Bool {
        let wanted: Int64 =
            switch freshness {
            case .ordinary: 0
            case .longer(let seconds), .exactly(let seconds): min(seconds, Self.longest - 60)
            }
        return token.needsRenewal(at: now) || token.expiration < now + wanted
    }

    /// Seconds: how long AWS's sessions of a login live.
    private static let longest: Int64 = 900

    /// Why `credentials` would fail now in a process that must not prompt, as far as warder can see without asking AWS.
    func obstacle() throws(Failure) -> Failure? {
        do throws(Failure) { _ = try site.endpoint(of: nil) } catch { return error }
        if let kept = try KeptLogin.unlocked(session.value, keys), let token = kept.token,
            token.isValid(at: now) || !sent.contains(token)
        {
            return nil
        }
        do throws(Failure) {
            guard let entry = try cache.entry(of: session.value) else { return needed }
            return entry.token.isValid(at: now) || !sent.contains(entry.token) ? nil : interrupted
        } catch { return error }
    }

    /// The failure that tells the user to sign in.
    private var needed: Failure {
        Failure(
            .promptNeeded, "\(session.value) has to sign in to the console",
            hint: "run warder refresh \(shellWord(profile)) in a terminal")
    }

    /// The same for a user who does not expect it yet.
    private var interrupted: Failure {
        Failure(
            .promptNeeded,
            "\(session.value) has to sign in to the console again: its renewal was interrupted, or could not be stored",
            hint: needed.hint)
    }

    /// The deadline of waiting for another process that renews the login or signs in.
    private var timeout: Deadline {
        .after(milliseconds: method == .none ? context.waits.forTokenRenewal : context.waits.whilePrompting)
    }

    /// The login to use: warder's own or, if there is none or it has ended for good, the CLI's.
    private func usable(_ kept: borrowing KeptLogin) throws(Failure) -> LoginToken? {
        if let own = kept.token, own.isValid(at: now) || !sent.contains(own) { return own }
        return try entryOfCLI()?.token.duplicate()
    }

    /// The CLI's login. A user who may sign in is not kept from it by a file that cannot be used.
    private func entryOfCLI() throws(Failure) -> LoginCache.Entry? {
        do throws(Failure) { return try cache.entry(of: session.value) } catch {
            guard method != .none, context.mayPrompt else { throw error }
            context.notices.add("\(error.message), and counts as absent")
            return nil
        }
    }

    // MARK: - Renewing

    /// The credentials of a login that is renewed if need be; nil if the user has to sign in.
    private func renewed(_ kept: borrowing KeptLogin) throws(Failure) -> Credentials? {
        if let own = kept.token, let credentials = try renewedOwn(own, kept) { return credentials }
        return try renewedOfCLI(kept)
    }

    private func renewedOwn(_ own: borrowing LoginToken, _ kept: borrowing KeptLogin) throws(Failure) -> Credentials? {
        if let credentials = current(own) { return credentials }
        switch try attempt(own) {
        case .renewed(let token):
            do throws(SessionCacheError) { try kept.keep(token) } catch { keys.reportNotCached(error) }
            return token.credentials()
        case .unknown: return own.isValid(at: now) ? own.credentials() : nil
        case .ended:
            kept.remove()
            return nil
        }
    }

    private func renewedOfCLI(_ kept: borrowing KeptLogin) throws(Failure) -> Credentials? {
        guard let entry = try entryOfCLI() else { return nil }
        if let credentials = current(entry.token) { return credentials }
        cache.removeLeftover(of: entry)
        switch try attempt(entry.token) {
        case .renewed(let token):
            store(token, in: entry, kept)
            return token.credentials()
        case .unknown where entry.token.isValid(at: now): return entry.token.credentials()
        // Processes that wait for the lock get here one after another: the one that was refused has waited for all.
        case .unknown: return try renewedByAnother(since: entry, within: 0)
        case .ended: return try renewedByAnother(since: entry, within: 2000)
        }
    }

    /// Puts the renewed login where the CLI and the SDKs look for it; if that fails, warder keeps it as its own.
    private func store(_ token: borrowing LoginToken, in entry: borrowing LoginCache.Entry, _ kept: borrowing KeptLogin)
    {
        do throws(Failure) {
            // A program that has written meanwhile signed in anew: its login counts, and ours serves this run.
            if try cache.replace(entry, with: token) { return }
            if try cache.entry(of: session.value) != nil { return }
        } catch { context.notices.add("the AWS CLI's login is renewed, but its file is not updated: \(error.message)") }
        do throws(SessionCacheError) { try kept.keep(token) } catch { keys.reportNotCached(error) }
    }

    /// SDKs renew the CLI's login without a lock: what one of them got meanwhile is written a moment later.
    ///
    /// - Parameter patience: milliseconds to wait for it.
    private func renewedByAnother(
        since entry: borrowing LoginCache.Entry, within patience: Int64
    ) throws(Failure) -> Credentials? {
        let end = context.world.timing.uptime() + patience
        while true {
            if let now = try entryOfCLI(), now.token.accessKeyID != entry.token.accessKeyID,
                now.token.isValid(at: self.now)
            {
                return now.token.credentials()
            }
            guard context.world.timing.uptime() < end else { return nil }
            context.world.timing.sleep(100)
        }
    }

    private enum Attempt: ~Copyable {
        case renewed(LoginToken)
        /// AWS does not renew the login any more.
        case ended
        /// The refresh token was sent before or now, and no answer came: it may be used up.
        case unknown
    }

    /// Sends a login's refresh token, unless it was sent before.
    private func attempt(_ token: borrowing LoginToken) throws(Failure) -> Attempt {
        guard !sent.contains(token) else { return .unknown }
        let endpoint = try site.endpoint(of: token.region)
        do throws(Failure) { try sent.note(token) } catch {
            // Where this cannot be written, a new token could not be kept either.
            guard token.isValid(at: now) else { throw error }
            return .unknown
        }
        let old = token.duplicate()
        do throws(SignInError) {
            return .renewed(
                try calls.signIn { (sender, limit) throws(SignInError) in
                    try LoginClient(
                        endpoint: endpoint, sender: sender, timing: context.world.timing, timeLimit: limit
                    ).renewed(old)
                })
        } catch {
            if error.endsLogin { return .ended }
            if error.leavesTokenUnused { sent.takeBack(token) }
            if token.isValid(at: now) { return .unknown }
            throw Failure(error, doing: "renew the sign-in", at: .console)
        }
    }

    private func isInterrupted(_ kept: borrowing KeptLogin) throws(Failure) -> Bool {
        if let own = kept.token { return sent.contains(own) }
        return if let entry = try entryOfCLI() { sent.contains(entry.token) } else { false }
    }

    // MARK: - Signing in

    private func signIn(_ kept: borrowing KeptLogin) throws(Failure) -> Credentials {
        guard method != .none, context.mayPrompt else { throw try isInterrupted(kept) ? interrupted : needed }
        let token = try newToken()
        do throws(SessionCacheError) { try kept.keep(token) } catch { keys.reportNotCached(error) }
        return token.credentials()
    }

    private func newToken() throws(Failure) -> LoginToken {
        guard context.mayPrompt else { throw needed }
        let signedIn = try LoginDialogue(context: context, calls: calls, method: method, site: site).run()
        guard signedIn.loginSession.utf8.elementsEqual(session.value.utf8) else {
            var failure = Failure(
                .refused,
                "you signed in as \(signedIn.loginSession), but \(session.origin.place) names \(session.value)",
                hint: "sign out of the console and run the command again, "
                    + "or create a profile for the other identity: warder login NAME")
            // A process that comes later cannot ask the user, and must say so itself.
            failure.scope = .waiting
            throw failure
        }
        return signedIn.token.duplicate()
    }
}

extension SignInError {
    /// Whether AWS does not renew the login any more.
    fileprivate var endsLogin: Bool {
        switch self {
        case .signInExpired, .invalidGrant: true
        default: false
        }
    }

    /// Whether AWS did not use the refresh token of the request: it never got it, or says why it refused.
    fileprivate var leavesTokenUnused: Bool {
        switch self {
        case .network(let error): error.isCertainlyUnsent
        case .malformedRegion, .malformedEndpoint, .crypto: true
        // Anything else without a code may be a gateway's word about an answer that it lost.
        case .invalidResponse(let status), .missing(_, let status): Self.asksToWait(status)
        default: refusal.map { !$0.code.isEmpty || Self.asksToWait($0.status) } ?? false
        }
    }

    private static func asksToWait(_ status: Int) -> Bool { status == 429 || status == 503 }
}
