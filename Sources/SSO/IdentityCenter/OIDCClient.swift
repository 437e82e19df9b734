import STS
import Secrets
import Text
import Times
import Transport

/// How a user signs in. Each registration is for one of these flows.
enum Flow {
    /// Authorization code with PKCE: the browser runs on this host.
    case browser
    /// Device code (RFC 8628): the browser may be on any host.
    case deviceCode
}

/// What a user signs in to: an Identity Center instance, and the scopes to request.
public struct Site: Equatable, Sendable {
    /// `sso_start_url`.
    public let startURL: String
    /// `sso_region`.
    public let region: String
    /// `sso_registration_scopes`, or `sso:account:access`. Without scopes the service issues no refresh token.
    public let scopes: [String]

    /// A site with its scopes.
    public init(startURL: String, region: String, scopes: [String] = ["sso:account:access"]) {
        self.startURL = startURL
        self.region = region
        self.scopes = scopes
    }
}

/// How IAM Identity Center identifies this installation.
public struct Registration: ~Copyable, Sendable {
    /// An identifier, not a secret.
    public let clientID: String
    /// The matching secret.
    public let clientSecret: SecretBytes
    /// When both expire, 90 days after they were issued.
    public let expiration: UnixTime

    /// A copy of the registration.
    public borrowing func copy() -> Registration {
        Registration(clientID: clientID, clientSecret: clientSecret.copy(), expiration: expiration)
    }
}

/// What a user needs in order to sign in from any host.
struct DeviceAuthorization: ~Copyable, Sendable {
    /// The page to open, and the code to enter there.
    let prompt: DevicePrompt
    let deviceCode: SecretBytes
    /// How many seconds the codes are valid.
    let lifetime: Int64
    /// Seconds between polls.
    let interval: Int64
}

/// What to show to the user.
public struct DevicePrompt: Equatable, Sendable {
    /// The page.
    public let verificationURI: String
    /// The page with the code already filled in, if the service offers one.
    public let verificationURIComplete: String?
    /// The code.
    public let userCode: String
}

/// The grant that a token is requested with.
enum Grant: ~Copyable {
    case code(AuthorizationCode)
    case device(SecretBytes)
    case refresh(SecretBytes)
}

/// The code from the browser, and the proof that this process requested it.
struct AuthorizationCode: ~Copyable {
    let code: SecretBytes
    let verifier: SecretBytes
    let redirectURI: String
}

/// A token as received.
struct GrantedToken: ~Copyable {
    let accessToken: SecretBytes
    let refreshToken: SecretBytes?
    let expiration: UnixTime
}

/// A client of the SSO OIDC service (IAM Identity Center OIDC API Reference), which accepts unsigned JSON.
public struct OIDCClient {
    private let endpoint: ServiceURL
    private let client: RetryingClient
    let timing: Timing

    /// - Parameters:
    ///   - endpoint: `SSOEndpoints.oidc`.
    ///   - sender: sends requests.
    ///   - timing: clocks and random numbers.
    ///   - timeLimit: milliseconds for each call, including all its attempts.
    public init(
        endpoint: ServiceURL, sender: any HTTPSender, timing: Timing = .system, timeLimit: Int64 = 10_000
    ) {
        self.endpoint = endpoint
        self.timing = timing
        client = RetryingClient(sender: sender, timing: timing, timeLimit: timeLimit)
    }

    /// Registers this installation (`RegisterClient`), as a public client.
    func register(for flow: Flow, at site: Site) throws(SignInError) -> Registration {
        var body = RequestBody()
        body.add("clientName", "warder")
        body.add("clientType", "public")
        if !site.scopes.isEmpty { body.add("scopes", site.scopes) }
        if flow == .browser {
            body.add("grantTypes", ["authorization_code", "refresh_token"])
            // Any port of this address matches (RFC 8252 section 7.3).
            body.add("redirectUris", ["http://127.0.0.1/oauth/callback"])
            body.add("issuerUrl", site.startURL)
        }
        let answer = try post("/client/register", body.finished())
        return Registration(
            clientID: try answer.word("clientId"), clientSecret: try answer.secret("clientSecret"),
            expiration: UnixTime(try answer.number("clientSecretExpiresAt")))
    }

    /// Requests codes for signing in from any host (`StartDeviceAuthorization`).
    func startDeviceAuthorization(
        _ registration: borrowing Registration, startURL: String
    ) throws(SignInError) -> DeviceAuthorization {
        var body = RequestBody()
        body.add("clientId", registration.clientID)
        body.add("clientSecret", secret: registration.clientSecret)
        body.add("startUrl", startURL)
        let answer = try post("/device_authorization", body.finished())
        let complete = try answer.wordIfPresent("verificationUriComplete")
        let prompt = DevicePrompt(
            verificationURI: try answer.word("verificationUri"), verificationURIComplete: complete,
            userCode: try answer.word("userCode"))
        guard isWebPage(prompt.verificationURI) else { throw answer.missing("verificationUri") }
        if let complete, !isWebPage(complete) { throw answer.missing("verificationUriComplete") }
        return DeviceAuthorization(
            prompt: prompt, deviceCode: try answer.secret("deviceCode"),
            lifetime: min(try answer.number("expiresIn"), 86_400),
            // RFC 8628 section 3.2.
            interval: min(try answer.numberIfPresent("interval") ?? 5, 300))
    }

    /// Requests a token (`CreateToken`).
    func createToken(
        _ grant: borrowing Grant, by registration: borrowing Registration
    ) throws(SignInError) -> GrantedToken {
        var body = RequestBody()
        body.add("clientId", registration.clientID)
        body.add("clientSecret", secret: registration.clientSecret)
        let isOnce = add(grant, to: &body)
        let answer = try post("/token", body.finished(), isOnce: isOnce)
        let lifetime = min(try answer.number("expiresIn"), 366 * 86_400)
        return GrantedToken(
            accessToken: try answer.secret("accessToken"), refreshToken: try answer.secretIfPresent("refreshToken"),
            expiration: timing.now() + lifetime)
    }

    /// The URL at which the user signs in. It becomes an argument of the browser: without the verifier, a user who sees
    /// it can do nothing with it.
    func authorizeURL(
        _ registration: borrowing Registration, _ pkce: borrowing PKCE, redirectURI: String, scopes: [String]
    ) throws(SignInError) -> String {
        var url = SecretBytes(capacity: 1024)
        url.append(try endpoint.appending("/authorize").text + "?response_type=code&client_id=")
        url.appendPercentEncoded(registration.clientID)
        url.append("&redirect_uri=")
        url.appendPercentEncoded(redirectURI)
        url.append("&state=")
        url.append(pkce.state)
        url.append("&code_challenge_method=S256&scopes=")
        url.appendPercentEncoded(scopes.joined(separator: " "))
        url.append("&code_challenge=")
        url.append(pkce.challenge)
        return url.text(0..<url.count)
    }

    private func post(
        _ path: String, _ body: consuming FinishedBody, isOnce: Bool = false
    ) throws(SignInError) -> JSONResponse {
        let url = try endpoint.appending(path)
        let text = body.text.copy()
        let response = try client.call(url, isOnce: isOnce) { limit in
            HTTPRequest(
                method: "POST", url: url,
                headers: [Header("Content-Type", "application/json"), Header("Accept", "application/json")],
                body: text.copy(), timeout: limit, isOnce: isOnce)
        }
        let answer = try JSONResponse(response, hiding: body.secrets.copy())
        guard (200...299).contains(response.status) else {
            throw classified(answer.refusal())
        }
        return answer
    }
}

/// Adds a grant; returns whether it can be used only once.
private func add(_ grant: borrowing Grant, to body: inout RequestBody) -> Bool {
    switch grant {
    case .code(let brought):
        body.add("grantType", "authorization_code")
        body.add("code", secret: brought.code)
        body.add("codeVerifier", secret: brought.verifier)
        body.add("redirectUri", brought.redirectURI)
        return true
    case .device(let code):
        body.add("grantType", "urn:ietf:params:oauth:grant-type:device_code")
        body.add("deviceCode", secret: code)
        return true
    case .refresh(let token):
        body.add("grantType", "refresh_token")
        body.add("refreshToken", secret: token)
        return false
    }
}

/// Classifies an error by RFC 6749 section 5.2 and RFC 8628 section 3.5.
private func classified(_ refusal: SignInRefusal) -> SignInError {
    switch refusal.code {
    case "authorization_pending": .authorizationPending
    case "slow_down": .slowDown(refusal)
    case "expired_token": .expiredToken(refusal)
    case "access_denied": .accessDenied(refusal)
    case "invalid_client", "unauthorized_client": .invalidClient(refusal)
    case "invalid_grant": .invalidGrant(refusal)
    default: refusal.status == 429 ? .slowDown(refusal) : .refused(refusal)
    }
}

/// Whether the URL is safe to pass to a browser: not a file, not a script.
private func isWebPage(_ url: String) -> Bool {
    url.begins(with: "https://") || url.begins(with: "http://127.0.0.1:") || url.begins(with: "http://localhost:")
}
