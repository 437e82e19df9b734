import Crypto
import Fields
import Linux
import Transport

/// What IAM Identity Center said as it refused, without control characters and without anything that was sent in
/// secret.
public struct SSORefusal: Equatable, Sendable {
    /// The error's code, such as `invalid_grant`; empty where there is none.
    public let code: String
    /// Its description, 300 characters at most; empty where there is none, or where it repeated a secret.
    public let message: String
    /// The HTTP status; 0 for what came by the browser.
    public let status: Int

    /// Puts a refusal together.
    public init(code: String, message: String, status: Int) {
        self.code = code
        self.message = message
        self.status = status
    }
}

/// What can go wrong with IAM Identity Center.
public enum SSOError: Error, Equatable, Sendable {
    /// The region cannot be part of a host name.
    case malformedRegion(String)
    /// An endpoint of one's own is no URL, or is plain HTTP to another host.
    case malformedEndpoint(TransportError)
    /// libcrypto refused.
    case crypto(CryptoError)
    /// This host's own address could not be listened at.
    case listening(SystemError)
    /// There is no response.
    case network(TransportError)
    /// There is a response, but it is not JSON, or is no object.
    case invalidResponse(status: Int)
    /// The answer lacks this member, or holds in it what cannot be.
    case missing(String, status: Int)
    /// Credentials or a token that ended before they came.
    case expiredAnswer
    /// There is no token, or it has ended and cannot be renewed: only the user can go on.
    case signInNeeded
    /// The time to sign in was up.
    case timedOut
    /// The user has not signed in yet (RFC 8628 section 3.5).
    case authorizationPending
    /// Too many requests; of a poll, that it is to come less often.
    case slowDown(SSORefusal)
    /// The code, or the token, has ended.
    case expiredToken(SSORefusal)
    /// The user, or a policy, said no.
    case accessDenied(SSORefusal)
    /// The client's registration is unknown, has ended, or does not allow this.
    case invalidClient(SSORefusal)
    /// The code or the refresh token is wrong, has ended, or was used before.
    case invalidGrant(SSORefusal)
    /// The account or the role does not exist for this user.
    case noSuchRole(SSORefusal)
    /// Any other refusal.
    case refused(SSORefusal)
    /// A stored token cannot be read.
    case damagedToken(FieldsError)
    /// A file of the AWS CLI holds no token.
    case notACachedToken(missing: String)

    /// What the service said, where it refused.
    public var refusal: SSORefusal? {
        switch self {
        case .slowDown(let refusal), .expiredToken(let refusal), .accessDenied(let refusal),
            .invalidClient(let refusal), .invalidGrant(let refusal), .noSuchRole(let refusal), .refused(let refusal):
            refusal
        default: nil
        }
    }
}
