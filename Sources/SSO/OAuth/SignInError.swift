import Crypto
import Fields
import Linux
import Transport

/// The service's message for a refused request, without control characters and without any secret of the
/// request.
public struct SignInRefusal: Equatable, Sendable {
    /// The error's code, such as `invalid_grant`; empty if there is none.
    public let code: String
    /// Its description, 300 characters at most; empty if there is none, or if it repeated a secret.
    public let message: String
    /// The HTTP status; 0 for a refusal that arrived by the browser.
    public let status: Int

    /// A refusal with its code and message.
    public init(code: String, message: String, status: Int) {
        self.code = code
        self.message = message
        self.status = status
    }
}

/// Why a sign-in, or a request to the service that users sign in to, failed.
public enum SignInError: Error, Equatable, Sendable {
    /// The region cannot be part of a host name.
    case malformedRegion(String)
    /// A custom endpoint is not a URL, or is plain HTTP to another host.
    case malformedEndpoint(TransportError)
    /// libcrypto failed.
    case crypto(CryptoError)
    /// Listening on this host failed.
    case listening(SystemError)
    /// No response arrived.
    case network(TransportError)
    /// The response is not a JSON object.
    case invalidResponse(status: Int)
    /// The answer lacks this member, or its value is invalid.
    case missing(String, status: Int)
    /// The credentials or the token had expired before they arrived.
    case expiredAnswer
    /// There is no token, or it has expired and cannot be renewed: the user must sign in.
    case signInNeeded
    /// The user did not sign in within the time.
    case timedOut
    /// The user has not signed in yet (RFC 8628 section 3.5).
    case authorizationPending
    /// Too many requests; for a poll: poll less often.
    case slowDown(SignInRefusal)
    /// The code or the token has expired.
    case expiredToken(SignInRefusal)
    /// The user or a policy declined.
    case accessDenied(SignInRefusal)
    /// The client's registration is unknown, has expired, or does not allow this.
    case invalidClient(SignInRefusal)
    /// The code or the refresh token is wrong, has expired, or was used before.
    case invalidGrant(SignInRefusal)
    /// The account or the role does not exist for this user.
    case noSuchRole(SignInRefusal)
    /// A list of accounts or roles has no end.
    case endlessList
    /// Any other refusal.
    case refused(SignInRefusal)
    /// The console's session has ended, or the user's credentials have changed: the user must sign in again.
    case signInExpired(SignInRefusal)
    /// The authorization code has expired.
    case codeExpired
    /// The user lacks a permission for signing in to programs with console credentials.
    case insufficientPermissions(SignInRefusal)
    /// The pasted text is not a code that the sign-in page showed.
    case notAPastedCode
    /// The pasted code belongs to another sign-in.
    case anotherSignIn
    /// A stored token cannot be read.
    case damagedToken(FieldsError)
    /// A file of the AWS CLI does not hold a token.
    case notACachedToken(missing: String)

    /// The service's message, if it refused.
    public var refusal: SignInRefusal? {
        switch self {
        case .slowDown(let refusal), .expiredToken(let refusal), .accessDenied(let refusal),
            .invalidClient(let refusal), .invalidGrant(let refusal), .noSuchRole(let refusal), .refused(let refusal),
            .signInExpired(let refusal), .insufficientPermissions(let refusal):
            refusal
        default: nil
        }
    }
}
