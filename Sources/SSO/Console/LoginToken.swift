import Crypto
import Secrets
import Times

/// The result of a sign-in with console credentials: a session of 15 minutes, and what renews it for 12 hours.
public struct LoginToken: ~Copyable, Sendable {
    /// Renew the session when it expires within this many seconds, as the SDKs do.
    public static let renewalMargin: Int64 = 300

    /// `ASIA…`; an identifier, not a secret.
    public let accessKeyID: String
    /// The session's secret access key.
    public let secretAccessKey: SecretBytes
    /// The session's token.
    public let sessionToken: SecretBytes
    /// The twelve digits of the account, if known.
    public let accountID: String?
    /// When the session expires.
    public let expiration: UnixTime

    /// The program and the way in which the user signed in; an identifier, not a secret.
    public let clientID: String
    /// Gets a new session, once: the answer holds the next refresh token.
    public let refreshToken: SecretBytes
    /// The key that the refresh token is bound to (RFC 9449, DPoP).
    public let key: P256Key
    /// `aws_sigv4`, or whatever the service calls it.
    public let tokenType: String?
    /// What the service says about the user (a JSON Web Token).
    public let idToken: SecretBytes?
    /// The region that the user signed in at, where the refresh token is valid; nil if another program's token lacks
    /// it.
    public let region: String?

    /// Whether AWS may still accept the session.
    public borrowing func isValid(at now: UnixTime) -> Bool { expiration > now }

    /// Whether the session expires within five minutes.
    public borrowing func needsRenewal(at now: UnixTime) -> Bool { expiration < now + Self.renewalMargin }

    /// A copy of the token.
    public borrowing func duplicate() -> LoginToken {
        LoginToken(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey.copy(), sessionToken: sessionToken.copy(),
            accountID: accountID, expiration: expiration, clientID: clientID, refreshToken: refreshToken.copy(),
            key: key.copy(), tokenType: tokenType, idToken: copy(of: idToken), region: region)
    }

    /// The session as credentials.
    public borrowing func credentials() -> Credentials {
        Credentials(
            accessKeyID: accessKeyID, secret: secretAccessKey.copy(), sessionToken: sessionToken.copy(),
            expiration: expiration.seconds, accountID: accountID)
    }
}
