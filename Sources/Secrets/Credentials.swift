/// AWS credentials: a long-term access key (without a token and an expiration) or a session.
public struct Credentials: ~Copyable, Sendable {
    /// `AKIA…` or `ASIA…`; an identifier, not a secret.
    public let accessKeyID: String
    /// The secret access key.
    public let secret: SecretBytes
    /// The session token, never empty; nil for a long-term key.
    public let sessionToken: SecretBytes?
    /// When the session expires, in seconds since 1970; nil for a long-term key.
    public let expiration: Int64?
    /// The twelve digits of the account, if known.
    public let accountID: String?
    /// When the session was made, in seconds since 1970 by this machine's clock; nil if unknown.
    public var issued: Int64?
    /// The time of the clock that `expiration` refers to minus this machine's, in seconds.
    public var clockOffset: Int64 = 0

    /// When the session expires by this machine's clock, in seconds since 1970; nil for a long-term key.
    public var end: Int64? { expiration.map { $0.subtractingReportingOverflow(clockOffset).partialValue } }

    /// Credentials made of their parts. An empty session token or account counts as nil.
    public init(
        accessKeyID: String, secret: consuming SecretBytes, sessionToken: consuming SecretBytes?,
        expiration: Int64?, accountID: String?
    ) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        let hasToken =
            switch sessionToken {
            case .some(let token): !token.isEmpty
            case .none: false
            }
        self.sessionToken = hasToken ? sessionToken : nil
        self.expiration = expiration
        self.accountID = accountID.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A copy of the credentials.
    public borrowing func copy() -> Credentials {
        let token: SecretBytes?
        switch sessionToken {
        case .some(let present): token = present.copy()
        case .none: token = nil
        }
        return Credentials(
            accessKeyID: accessKeyID, secret: secret.copy(), sessionToken: token, expiration: expiration,
            accountID: accountID
        ).timed(issued, clockOffset)
    }

    /// The same credentials, expiring at `end` at the latest, by the clock of `expiration`.
    public consuming func ending(by end: Int64) -> Credentials {
        let (issued, clockOffset) = (issued, clockOffset)
        return Credentials(
            accessKeyID: accessKeyID, secret: secret, sessionToken: sessionToken,
            expiration: expiration.map { min($0, end) }, accountID: accountID
        ).timed(issued, clockOffset)
    }

    /// The same credentials, with `account` if their own is unknown.
    public consuming func with(account: String?) -> Credentials {
        let (issued, clockOffset) = (issued, clockOffset)
        return Credentials(
            accessKeyID: accessKeyID, secret: secret, sessionToken: sessionToken, expiration: expiration,
            accountID: accountID ?? account
        ).timed(issued, clockOffset)
    }

    private consuming func timed(_ issued: Int64?, _ clockOffset: Int64) -> Credentials {
        self.issued = issued
        self.clockOffset = clockOffset
        return self
    }
}
