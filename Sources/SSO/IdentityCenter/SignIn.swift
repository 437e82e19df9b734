import Crypto
import STS
import Secrets
import Times

/// Signs a user in. warder registers again each time: that is one request, and no old registration can interfere.
public struct SignIn {
    private let client: OIDCClient
    private let site: Site
    private let random: RandomSource

    /// - Parameters:
    ///   - site: what the user signs in to.
    ///   - client: a client for the site's region.
    ///   - random: the source of the verifier and the state.
    public init(to site: Site, client: OIDCClient, random: RandomSource = .system) {
        self.site = site
        self.client = client
        self.random = random
    }

    /// Signs in with a browser on this host (authorization code with PKCE: RFC 7636, RFC 8252).
    ///
    /// - Parameters:
    ///   - listener: the browser returns to it.
    ///   - deadline: when to give up, in milliseconds on the clock of `client`.
    ///   - open: opens a page in a browser without waiting for it. It gets two URLs: the service's own, to show to the
    ///     user, and one of the listener that redirects to it, once: every user of this host can read a program's
    ///     arguments.
    /// - Throws: `.accessDenied` if the user declines, `.timedOut`, `.listening`, `.crypto`, and the errors of
    ///   requests.
    public func withBrowser(
        _ listener: borrowing CallbackListener, until deadline: Int64,
        open: (_ page: String, _ entrance: String) -> Void
    ) throws(SignInError) -> SSOToken {
        let registration = try client.register(for: .browser, at: site)
        let pkce = try PKCE(random)
        let page = try client.authorizeURL(
            registration, pkce, redirectURI: listener.redirectURI, scopes: site.scopes)
        let entrance = try SignInRedirect(to: page, random)
        open(page, listener.address + entrance.path)
        let code = try listener.code(
            state: pkce.state, entrance: entrance, timing: client.timing, until: deadline)
        let brought = AuthorizationCode(
            code: code, verifier: pkce.verifier.copy(), redirectURI: listener.redirectURI)
        let granted = try client.createToken(.code(brought), by: registration)
        return SSOToken(granted, keeping: nil, registration: registration, site: site)
    }

    /// Signs in with a browser on any host (RFC 8628).
    ///
    /// - Parameters:
    ///   - deadline: when to give up, in milliseconds on the clock of `client`.
    ///   - show: shows the user the page, and the code to compare or to enter there.
    /// - Throws: `.accessDenied` if the user declines, `.timedOut`, `.expiredToken`, and the errors of requests.
    public func withDeviceCode(
        until deadline: Int64, show: (DevicePrompt) -> Void
    ) throws(SignInError) -> SSOToken {
        let registration = try client.register(for: .deviceCode, at: site)
        let started = try client.startDeviceAuthorization(registration, startURL: site.startURL)
        let end = min(deadline, client.timing.uptime() + started.lifetime * 1000)
        show(started.prompt)
        var interval = started.interval
        let grant = Grant.device(started.deviceCode.copy())
        while client.timing.uptime() + interval * 1000 < end {
            client.timing.sleep(interval * 1000)
            do throws(SignInError) {
                let granted = try client.createToken(grant, by: registration)
                return SSOToken(granted, keeping: nil, registration: registration.copy(), site: site)
            } catch .authorizationPending {
                continue
            } catch {
                // Wait five seconds longer, now and from here on (RFC 8628 section 3.5).
                guard error.asksForPatience else { throw error }
                interval += 5
            }
        }
        throw .timedOut
    }
}

extension SignInError {
    /// Whether a later poll may succeed.
    fileprivate var asksForPatience: Bool {
        switch self {
        case .slowDown: true
        case .network(let error): error.isPassing
        case .invalidResponse(let status): passingStatuses.contains(status)
        case .refused(let refusal): passingStatuses.contains(refusal.status)
        default: false
        }
    }
}
