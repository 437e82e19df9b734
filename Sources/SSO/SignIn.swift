import Crypto
import STS
import Secrets
import Times

/// Signs a user in. Each time warder registers anew: one request, and no registration of old can get in the way.
public struct SignIn {
    private let client: OIDCClient
    private let site: Site
    private let random: RandomSource

    /// - Parameters:
    ///   - site: what the user signs in to.
    ///   - client: of the site's region.
    ///   - random: what verifier and state are made of.
    public init(to site: Site, client: OIDCClient, random: RandomSource = .system) {
        self.site = site
        self.client = client
        self.random = random
    }

    /// Signs in with a browser on this host (authorization code with PKCE: RFC 7636, RFC 8252).
    ///
    /// - Parameters:
    ///   - listener: where the browser comes back to.
    ///   - deadline: when to give up, in milliseconds on the clock of `client`.
    ///   - open: shows a page in a browser, and does not wait for it. It is given the service's own, for people, and one
    ///     of the listener that goes on to that, once: a program's arguments can be read by every user of this host.
    /// - Throws: `.accessDenied` where the user declines, `.timedOut`, `.listening`, `.crypto`, and what a request
    ///   meets.
    public func withBrowser(
        _ listener: borrowing CallbackListener, until deadline: Int64,
        open: (_ page: String, _ entrance: String) -> Void
    ) throws(SSOError) -> SSOToken {
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
    ///   - show: shows the user where to go, and the code to compare or to enter there.
    /// - Throws: `.accessDenied` where the user declines, `.timedOut`, `.expiredToken`, and what a request meets.
    public func withDeviceCode(
        until deadline: Int64, show: (DevicePrompt) -> Void
    ) throws(SSOError) -> SSOToken {
        let registration = try client.register(for: .deviceCode, at: site)
        let started = try client.startDeviceAuthorization(registration, startURL: site.startURL)
        let end = min(deadline, client.timing.uptime() + started.lifetime * 1000)
        show(started.prompt)
        var interval = started.interval
        let grant = Grant.device(started.deviceCode.copy())
        while client.timing.uptime() + interval * 1000 < end {
            client.timing.sleep(interval * 1000)
            do throws(SSOError) {
                let granted = try client.createToken(grant, by: registration)
                return SSOToken(granted, keeping: nil, registration: registration.copy(), site: site)
            } catch .authorizationPending {
                continue
            } catch {
                // Five seconds more, this time and from now on (RFC 8628 section 3.5).
                guard error.asksForPatience else { throw error }
                interval += 5
            }
        }
        throw .timedOut
    }
}

extension SSOError {
    /// Whether a poll may well succeed later.
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
