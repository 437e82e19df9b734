import Failures
import Glibc
import Linux
import Prompt
import SSO
import STS
import Secrets
import Sessions
import Setup
import Stores
import Text
import Times
import Transport

/// The tokens of a sign-in: caches and renews them, and signs in for new ones.
struct SignInTokens {
    let context: Context
    let keys: Keys
    let calls: AWSCalls
    let method: SignInMethod
    let session: SignInSession

    /// The credentials of a role; nil if the portal rejects the token.
    ///
    /// - Parameter isFresh: the cached token does not work.
    func credentials(account: String, role: String, fresh isFresh: Bool) throws(Failure) -> Credentials? {
        let token = try token(fresh: isFresh)
        let endpoints = try endpoints()
        do throws(SignInError) {
            return try calls.signIn { (sender, limit) throws(SignInError) in
                try PortalClient(
                    endpoint: endpoints.portal, sender: sender, timing: context.world.timing, timeLimit: limit
                )
                .credentials(role: role, account: account, token: token.accessToken)
            }
        } catch {
            if error == .signInNeeded { return nil }
            throw Failure(error, doing: "get credentials of \(role) in \(account)")
        }
    }

    /// The failure that tells the user to sign in.
    var needed: Failure {
        Failure(
            .promptNeeded, "\(session.name ?? session.startURL) wants you to sign in",
            hint: "run \(session.command) in a terminal")
    }

    /// Whether the next token needs no sign-in, as far as warder can see without asking AWS.
    func isSignedIn() throws(Failure) -> Bool {
        if let token = ofCLI(), token.isValid(at: now) { return true }
        guard let sessions = try keys.unlockedSessions() else { return false }
        let name = try inCache { () throws(SessionCacheError) in try sessions.name(of: session.identity) }
        guard let token = try kept(name, sessions) else { return false }
        if token.isValid(at: now) { return true }
        return token.canBeRenewed(at: now)
    }

    private var site: Site {
        let scopes = session.scopes?.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        guard let scopes, !scopes.isEmpty else { return Site(startURL: session.startURL, region: session.region) }
        return Site(startURL: session.startURL, region: session.region, scopes: scopes)
    }

    // MARK: - The token

    /// A token with five minutes left or more, if possible; of a hundred processes, one renews it.
    func token(fresh isFresh: Bool) throws(Failure) -> SSOToken {
        let sessions = try keys.sessions()
        let name = try inCache { () throws(SessionCacheError) in try sessions.name(of: session.identity) }
        var seen: UnixTime?
        if !isFresh, let token = try kept(name, sessions) {
            if !token.needsRenewal(at: now) { return token }
            seen = token.expiration
        }
        let lock = try inCache { () throws(SessionCacheError) in
            try sessions.lock(name, until: timeout)
        }
        defer { withExtendedLifetime(lock) {} }
        // A token that another process got meanwhile is as good as any, whatever time it has left.
        if !isFresh, let token = try kept(name, sessions), token.expiration != seen, token.isValid(at: now) {
            return token
        }
        return try renewedToken(name, sessions, fresh: isFresh)
    }

    /// Signs in, whether that is necessary or not.
    func signInAnew() throws(Failure) {
        let sessions = try keys.sessions()
        let name = try inCache { () throws(SessionCacheError) in try sessions.name(of: session.identity) }
        let lock = try inCache { () throws(SessionCacheError) in try sessions.lock(name, until: timeout) }
        defer { withExtendedLifetime(lock) {} }
        _ = try keep(signIn(), name, sessions)
    }

    /// The deadline of waiting for another process that renews the token or signs in for it.
    private var timeout: Deadline {
        let time = method == .none ? context.waits.forTokenRenewal : context.waits.whilePrompting
        return .after(milliseconds: time)
    }

    private var now: UnixTime { UnixTime(context.now) }

    private func renewedToken(
        _ name: String, _ sessions: borrowing SessionCache, fresh isFresh: Bool
    ) throws(Failure) -> SSOToken {
        let old = try kept(name, sessions)
        switch consume old {
        case .some(let old):
            if !isFresh, !old.needsRenewal(at: now) { return old }
            if let renewed = try renewed(old) { return try keep(renewed, name, sessions) }
            if !isFresh, old.isValid(at: now) { return old }
            // The user may have signed in again with the AWS CLI.
            if !isFresh, let token = ofCLI(), token.isValid(at: now) { return token }
            return try keep(signIn(), name, sessions)
        case .none:
            if !isFresh, let token = ofCLI(), token.isValid(at: now) { return token }
            return try keep(signIn(), name, sessions)
        }
    }

    /// Uses the refresh token; nil if that is no longer valid.
    private func renewed(_ old: borrowing SSOToken) throws(Failure) -> SSOToken? {
        let endpoints = try endpoints()
        let old = old.duplicate()
        do throws(SignInError) {
            return try calls.signIn { (sender, limit) throws(SignInError) in
                try old.renewed(
                    by: OIDCClient(
                        endpoint: endpoints.oidc, sender: sender, timing: context.world.timing, timeLimit: limit))
            }
        } catch {
            if error == .signInNeeded || old.isValid(at: now) { return nil }
            throw Failure(error, doing: "renew the sign-in")
        }
    }

    /// The AWS CLI's token, while it is valid: a user who signed in there need not sign in again.
    private func ofCLI() -> SSOToken? {
        guard let home = context.environment.nonEmpty("HOME"),
            let file = try? cliCacheFileName(session: session.name, startURL: session.startURL),
            let text = try? context.read("\(home)/.aws/sso/cache/\(file)", limit: 64 * 1024)
        else { return nil }
        return try? SSOToken(cliCache: text, site: site)
    }

    // MARK: - Signing in

    private func signIn() throws(Failure) -> SSOToken {
        guard method != .none, context.mayPrompt else { throw needed }
        let endpoints = try endpoints()
        let site = site
        let deadline = context.world.timing.uptime() + context.waits.forSignIn
        do throws(SignInError) {
            return try calls.unhurried { (sender) throws(SignInError) in
                let client = OIDCClient(endpoint: endpoints.oidc, sender: sender, timing: context.world.timing)
                let signIn = SignIn(to: site, client: client)
                let browser = SignInBrowser(context: context)
                guard method == .automatic, browser.isHere else {
                    return try signIn.withDeviceCode(until: deadline, show: show)
                }
                let listener = try CallbackListener()
                return try signIn.withBrowser(listener, until: deadline, open: browser.open)
            }
        } catch {
            if case .expiredToken = error { throw Failure(SignInError.timedOut, doing: "sign in") }
            var failure = Failure(error, doing: "sign in to \(session.name ?? session.startURL)")
            // The user was there and declined. A process that comes later cannot ask the user, and must say so itself.
            if failure.scope == .latecomers { failure.scope = .waiting }
            throw failure
        }
    }

    private func show(_ prompt: DevicePrompt) {
        context.console.note(
            "sign in with a browser on any machine, and compare the code \(printable(prompt.userCode)):")
        context.console.say(Shown(prompt.verificationURIComplete ?? prompt.verificationURI))
    }

    // MARK: - Parts

    func endpoints() throws(Failure) -> SSOEndpoints {
        do throws(SignInError) {
            return try SSOEndpoints(
                region: session.region, oidc: context.environment.nonEmpty("AWS_ENDPOINT_URL_SSO_OIDC"),
                portal: context.environment.nonEmpty("AWS_ENDPOINT_URL_SSO"))
        } catch { throw Failure(error, doing: "find IAM Identity Center") }
    }

    private func kept(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> SSOToken? {
        let text: SecretBytes?
        do throws(SessionCacheError) { text = try sessions.secret(name) } catch { throw Failure(error) }
        guard let text else { return nil }
        return try? SSOToken(decoding: text)
    }

    /// If a token cannot be cached (on a full disk, say), this run still uses it.
    private func keep(
        _ token: consuming SSOToken, _ name: String, _ sessions: borrowing SessionCache
    ) throws(Failure) -> SSOToken {
        if let text = try? token.encoded() {
            do throws(SessionCacheError) {
                try sessions.publish(secret: text, name, until: context.now + 90 * 86_400, random: context.random)
            } catch { keys.reportNotCached(error) }
        }
        return token
    }

    private func inCache<R: ~Copyable>(_ work: () throws(SessionCacheError) -> R) throws(Failure) -> R {
        do throws(SessionCacheError) { return try work() } catch { throw Failure(error) }
    }
}
