/// AWS credentials: a long-term access key (no token, no end) or a session.
public struct Credentials: ~Copyable, Sendable {
    /// `AKIA…` or `ASIA…`; an identifier, not a secret.
    public let accessKeyID: String
    /// The secret access key.
    public let secret: SecretBytes
    /// The session token, never empty; nil for a long-term key.
    public let sessionToken: SecretBytes?
    /// When the session ends, in seconds since 1970; nil for a long-term key.
    public let expiration: Int64?
    /// The twelve digits of the account, where known.
    public let accountID: String?
    /// When the session was made, in seconds since 1970 by this machine's clock; nil where that is not known.
    public var issued: Int64?
    /// The clock by which `expiration` is meant less this machine's, in seconds.
    public var clockOffset: Int64 = 0

    /// When the session ends by this machine's clock, in seconds since 1970; nil for a long-term key.
    public var end: Int64? { expiration.map { $0.subtractingReportingOverflow(clockOffset).partialValue } }

    /// Puts the parts together. A session token that is empty is none, and so is an account.
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

    /// The same credentials in buffers of their own.
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

    /// The same credentials, to end at `end` at the latest, by the clock of `expiration`.
    public consuming func ending(by end: Int64) -> Credentials {
        let (issued, clockOffset) = (issued, clockOffset)
        return Credentials(
            accessKeyID: accessKeyID, secret: secret, sessionToken: sessionToken,
            expiration: expiration.map { min($0, end) }, accountID: accountID
        ).timed(issued, clockOffset)
    }

    /// The same credentials with `account` where theirs is not known.
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
