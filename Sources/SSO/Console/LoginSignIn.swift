import Crypto
import STS
import Secrets
import Signing
import Times

/// A completed sign-in.
public struct LoginSignedIn: ~Copyable, Sendable {
    /// The session, and what renews it.
    public let token: LoginToken
    /// The ARN of what the user signed in as, to be written as `login_session`.
    public let loginSession: String
}

/// Signs a user in with console credentials (OAuth 2.0 with PKCE: RFC 7636).
public struct LoginSignIn {
    private let client: LoginClient
    private let random: RandomSource

    /// - Parameters:
    ///   - client: a client for the region to sign in at.
    ///   - random: the source of the verifier and the state.
    public init(client: LoginClient, random: RandomSource = .system) {
        self.client = client
        self.random = random
    }

    /// Signs in with a browser on this host.
    ///
    /// - Parameters:
    ///   - listener: the browser returns to it.
    ///   - deadline: when to give up, in milliseconds on the clock of `client`.
    ///   - open: opens a page in a browser without waiting for it. It gets two URLs: the service's own, to show to the
    ///     user, and one of the listener that redirects to it, once: every user of this host can read a program's
    ///     arguments.
    /// - Throws: `.accessDenied` if the user declines, `.timedOut`, `.codeExpired`, `.insufficientPermissions`,
    ///   `.listening`, `.crypto`, and the errors of requests.
    public func withBrowser(
        _ listener: borrowing CallbackListener, until deadline: Int64,
        open: (_ page: String, _ entrance: String) -> Void
    ) throws(SignInError) -> LoginSignedIn {
        let clientID = "arn:aws:signin:::devtools/same-device"
        let pkce = try PKCE(random, state: randomUUID)
        let page = try authorizeURL(client.endpoint, pkce, clientID: clientID, redirectURI: listener.redirectURI)
        let entrance = try SignInRedirect(to: page, random)
        open(page, listener.address + entrance.path)
        let code = try listener.code(state: pkce.state, entrance: entrance, timing: client.timing, until: deadline)
        return try client.signedIn(
            AuthorizationCode(code: code, verifier: pkce.verifier.copy(), redirectURI: listener.redirectURI),
            clientID: clientID)
    }

    /// Begins a sign-in with a browser on any host, whose last page shows a code for the user to paste here.
    ///
    /// - Throws: `.crypto`.
    public func withPastedCode() throws(SignInError) -> PastedSignIn {
        try PastedSignIn(client, random)
    }
}

/// A sign-in that waits for the code that its last page shows.
public struct PastedSignIn: ~Copyable {
    private static let clientID = "arn:aws:signin:::devtools/cross-device"

    /// The page at which the user signs in.
    public let page: String
    private let client: LoginClient
    private let pkce: PKCE
    private let redirectURI: String

    init(_ client: LoginClient, _ random: RandomSource) throws(SignInError) {
        let pkce = try PKCE(random, state: randomUUID)
        let redirectURI = try client.endpoint.confirmation.text
        let page = try authorizeURL(client.endpoint, pkce, clientID: Self.clientID, redirectURI: redirectURI)
        self.client = client
        self.pkce = pkce
        self.redirectURI = redirectURI
        self.page = page
    }

    /// Completes the sign-in.
    ///
    /// - Parameter text: what the user pasted.
    /// - Throws: `.notAPastedCode` and `.anotherSignIn`, after which the user may paste again; `.codeExpired`,
    ///   `.insufficientPermissions`, `.crypto`, and the errors of requests.
    public borrowing func signedIn(pasted text: borrowing SecretBytes) throws(SignInError) -> LoginSignedIn {
        let code = try pastedCode(text, state: pkce.state)
        return try client.signedIn(
            AuthorizationCode(code: code, verifier: pkce.verifier.copy(), redirectURI: redirectURI),
            clientID: Self.clientID)
    }
}

/// The code in what the user pasted: Base64 of `state=…&code=…`.
func pastedCode(_ text: borrowing SecretBytes, state: borrowing SecretBytes) throws(SignInError) -> SecretBytes {
    guard text.count <= 16 * 1024, let query = text.decodedBase64(0..<text.count),
        let given = parameter("state", query, 0..<query.count), let code = parameter("code", query, 0..<query.count),
        !code.isEmpty, isVisible(code)
    else { throw .notAPastedCode }
    guard equals(given, state) else { throw .anotherSignIn }
    return code
}

/// The URL at which the user signs in. Without the verifier, a user who sees it can do nothing with it.
private func authorizeURL(
    _ endpoint: LoginEndpoint, _ pkce: borrowing PKCE, clientID: String, redirectURI: String
) throws(SignInError) -> String {
    var url = SecretBytes(capacity: 1024)
    url.append(try endpoint.authorize.text + "?response_type=code&client_id=")
    url.appendPercentEncoded(clientID)
    url.append("&state=")
    url.append(pkce.state)
    url.append("&code_challenge_method=SHA-256&scope=openid&redirect_uri=")
    url.appendPercentEncoded(redirectURI)
    url.append("&code_challenge=")
    url.append(pkce.challenge)
    return url.text(0..<url.count)
}
