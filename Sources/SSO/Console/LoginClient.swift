import Crypto
import STS
import Secrets
import Text
import Times
import Transport

/// A client of AWS Sign-In, which issues and renews the tokens of users who sign in with console credentials
/// (AWS Sign-In API Reference, `CreateOAuth2Token`).
public struct LoginClient {
    let endpoint: LoginEndpoint
    let timing: Timing
    private let client: RetryingClient
    private let random: RandomSource

    /// - Parameters:
    ///   - endpoint: the endpoint of the region that the token is from.
    ///   - sender: sends requests.
    ///   - timing: clocks and random numbers.
    ///   - timeLimit: milliseconds for each call, including all its attempts.
    ///   - random: the source of the identifiers of proofs.
    public init(
        endpoint: LoginEndpoint, sender: any HTTPSender, timing: Timing = .system, timeLimit: Int64 = 10_000,
        random: RandomSource = .system
    ) {
        self.endpoint = endpoint
        self.timing = timing
        self.random = random
        client = RetryingClient(sender: sender, timing: timing, timeLimit: timeLimit)
    }

    /// Requests a new session with the refresh token, which AWS accepts once, and for 12 hours after the sign-in.
    ///
    /// The request is repeated only if it certainly never left this host. After any other failure the old refresh token
    /// may be spent.
    ///
    /// - Throws: `.signInExpired` and `.invalidGrant` if the user must sign in again, `.insufficientPermissions`, and
    ///   the errors of requests.
    public func renewed(_ token: borrowing LoginToken) throws(SignInError) -> LoginToken {
        var body = RequestBody()
        body.add("clientId", token.clientID)
        body.add("grantType", "refresh_token")
        body.add("refreshToken", secret: token.refreshToken)
        let granted = try granted(body.finished(), key: token.key)
        // If the answer has no new one, the old one stays valid (RFC 6749 section 6).
        let refreshToken: SecretBytes
        switch granted.refreshToken {
        case .some(let newer): refreshToken = newer.copy()
        case .none: refreshToken = token.refreshToken.copy()
        }
        return LoginToken(
            accessKeyID: granted.accessKeyID, secretAccessKey: granted.secretAccessKey.copy(),
            sessionToken: granted.sessionToken.copy(), accountID: token.accountID, expiration: granted.expiration,
            clientID: token.clientID, refreshToken: refreshToken, key: token.key.copy(),
            tokenType: granted.tokenType ?? token.tokenType, idToken: copy(of: token.idToken), region: token.region)
    }

    /// Requests the first token of a sign-in.
    func signedIn(
        _ brought: borrowing AuthorizationCode, clientID: String
    ) throws(SignInError) -> LoginSignedIn {
        let key = try newKey(random)
        var body = RequestBody()
        body.add("clientId", clientID)
        body.add("grantType", "authorization_code")
        body.add("code", secret: brought.code)
        body.add("codeVerifier", secret: brought.verifier)
        body.add("redirectUri", brought.redirectURI)
        let granted = try granted(body.finished(), key: key)
        guard let refreshToken = copy(of: granted.refreshToken) else { throw .missing("refreshToken", status: 200) }
        guard let idToken = copy(of: granted.idToken), let session = loginSession(idToken) else {
            throw .missing("idToken", status: 200)
        }
        let token = LoginToken(
            accessKeyID: granted.accessKeyID, secretAccessKey: granted.secretAccessKey.copy(),
            sessionToken: granted.sessionToken.copy(), accountID: session.accountID, expiration: granted.expiration,
            clientID: clientID, refreshToken: refreshToken, key: key, tokenType: granted.tokenType, idToken: idToken,
            region: endpoint.region)
        return LoginSignedIn(token: token, loginSession: session.arn)
    }

    private func granted(
        _ body: consuming FinishedBody, key: borrowing P256Key
    ) throws(SignInError) -> GrantedLogin {
        let url = try endpoint.token
        let text = body.text.copy()
        let key = key.copy()
        let response = try client.call(url, isOnce: true) { (limit) throws(SignInError) in
            HTTPRequest(
                method: "POST", url: url,
                headers: [Header("Content-Type", "application/json"), Header("Accept", "application/json")],
                secretHeader: SecretHeader(
                    "DPoP", try proof(by: key, method: "POST", url: url, at: timing.now(), random)),
                body: text.copy(), timeout: limit, isOnce: true)
        }
        let answer = try JSONResponse(response, hiding: body.secrets.copy())
        guard (200...299).contains(response.status) else { throw classified(answer.refusal()) }
        return try grantedLogin(answer, now: timing.now())
    }
}

private func newKey(_ random: RandomSource) throws(SignInError) -> P256Key {
    do throws(CryptoError) { return try P256Key.generate(random) } catch { throw .crypto(error) }
}

/// A token as received.
private struct GrantedLogin: ~Copyable {
    let accessKeyID: String
    let secretAccessKey: SecretBytes
    let sessionToken: SecretBytes
    let expiration: UnixTime
    let refreshToken: SecretBytes?
    let tokenType: String?
    let idToken: SecretBytes?
}

/// The most seconds that a session lives; AWS's live 900.
private let longestLife: Int64 = 43_200

private func grantedLogin(_ answer: borrowing JSONResponse, now: UnixTime) throws(SignInError) -> GrantedLogin {
    let session = try answer.inner("accessToken")
    let keyID = try session.identifier("accessKeyId")
    guard keyID.utf8.count <= 128, keyID.utf8.allSatisfy(isWordByte) else { throw session.missing("accessKeyId") }
    return GrantedLogin(
        accessKeyID: keyID, secretAccessKey: try session.secret("secretAccessKey"),
        sessionToken: try session.secret("sessionToken"),
        expiration: now + life(answer),
        refreshToken: try answer.secretIfPresent("refreshToken"), tokenType: word("tokenType", answer),
        idToken: try answer.secretIfPresent("idToken"))
}

/// A value that nothing depends on: a bad one is no reason to lose a session whose refresh token is spent.
private func word(_ name: String, _ answer: borrowing JSONResponse) -> String? {
    do throws(SignInError) { return try answer.wordIfPresent(name) } catch { return nil }
}

/// Classifies an error by the service's `OAuth2ErrorCode`.
private func classified(_ refusal: SignInRefusal) -> SignInError {
    switch refusal.code {
    case "TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED": .signInExpired(refusal)
    case "AUTHCODE_EXPIRED": .codeExpired
    case "INSUFFICIENT_PERMISSIONS": .insufficientPermissions(refusal)
    case "invalid_grant": .invalidGrant(refusal)
    default: refusal.status == 429 ? .slowDown(refusal) : .refused(refusal)
    }
}

/// How many seconds the session lives. As above: an answer without it is no reason to lose the refresh token.
private func life(_ answer: borrowing JSONResponse) -> Int64 {
    do throws(SignInError) { return min(try answer.number("expiresIn"), longestLife) } catch { return usualLife }
}

/// Seconds: what AWS's sessions of a sign-in live.
private let usualLife: Int64 = 900
