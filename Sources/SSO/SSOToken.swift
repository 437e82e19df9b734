import Fields
import Secrets
import Times

/// What a user who signed in holds: the token that the portal takes, and what renews it.
public struct SSOToken: ~Copyable, Sendable {
    /// Seconds before its end from which on a token is to be renewed.
    public static let renewalMargin: Int64 = 300

    /// What the portal takes.
    public let accessToken: SecretBytes
    /// When it ends: an hour after it was made, or eight.
    public let expiration: UnixTime
    /// What a new one is given for, until the user's session ends; nil where the user must sign in again.
    public let refreshToken: SecretBytes?
    /// What the refresh token is bound to; nil where a token of others lacks it.
    public let registration: Registration?
    /// What it is for.
    public let site: Site

    init(
        accessToken: consuming SecretBytes, expiration: UnixTime, refreshToken: consuming SecretBytes?,
        registration: consuming Registration?, site: Site
    ) {
        self.accessToken = accessToken
        self.expiration = expiration
        self.refreshToken = refreshToken
        self.registration = registration
        self.site = site
    }

    /// Whether the portal may take it.
    public borrowing func isValid(at now: UnixTime) -> Bool { expiration > now }

    /// Whether fewer than five minutes are left of it.
    public borrowing func needsRenewal(at now: UnixTime) -> Bool { expiration < now + Self.renewalMargin }

    /// A new token for the refresh token, which AWS gives until the user's session ends.
    ///
    /// Where that fails for another reason than `.signInNeeded`, this token may be used while it is valid.
    ///
    /// - Throws: `.signInNeeded` where there is no refresh token, where it is not good any more, and where the
    ///   registration that it is bound to has ended; else what `OIDCClient` throws.
    public borrowing func renewed(by client: OIDCClient) throws(SSOError) -> SSOToken {
        switch registration {
        case .some(let registration):
            guard registration.expiration > client.timing.now(), let refreshToken = copy(of: refreshToken) else {
                throw .signInNeeded
            }
            let granted = try refresh(.refresh(refreshToken.copy()), registration, client)
            // Without another one in the answer it goes on being good (RFC 6749 section 6).
            return SSOToken(
                granted, keeping: refreshToken, registration: registration.copy(), site: site)
        case .none: throw .signInNeeded
        }
    }

    init(
        _ granted: consuming GrantedToken, keeping refreshToken: consuming SecretBytes?,
        registration: consuming Registration, site: Site
    ) {
        let newer = copy(of: granted.refreshToken)
        self.init(
            accessToken: granted.accessToken.copy(), expiration: granted.expiration,
            refreshToken: newer == nil ? refreshToken : newer, registration: registration, site: site)
    }
}

private func refresh(
    _ grant: borrowing Grant, _ registration: borrowing Registration, _ client: OIDCClient
) throws(SSOError) -> GrantedToken {
    do throws(SSOError) { return try client.createToken(grant, by: registration) } catch {
        switch error {
        case .invalidGrant, .invalidClient, .expiredToken, .accessDenied: throw .signInNeeded
        default: throw error
        }
    }
}

func copy(of secret: borrowing SecretBytes?) -> SecretBytes? {
    switch secret {
    case .some(let secret): secret.copy()
    case .none: nil
    }
}

private enum Tag {
    static let accessToken: UInt8 = 1
    static let expiration: UInt8 = 2
    static let startURL: UInt8 = 3
    static let region: UInt8 = 4
    static let scopes: UInt8 = 5
    static let refreshToken: UInt8 = 6
    static let clientID: UInt8 = 7
    static let clientSecret: UInt8 = 8
    static let registrationExpiration: UInt8 = 9
}

extension SSOToken {
    /// Its fields, to be encrypted: 1 access token, 2 its end, 3 start URL, 4 region, 5 scopes with spaces between, and
    /// where they are known 6 refresh token, 7 client identifier, 8 client secret, 9 its end. Times are in seconds since
    /// 1970.
    ///
    /// - Throws: `.damagedToken`.
    public borrowing func encoded() throws(SSOError) -> SecretBytes {
        do throws(FieldsError) { return try fields() } catch { throw .damagedToken(error) }
    }

    /// Reads what `encoded` wrote.
    ///
    /// - Throws: `.damagedToken`.
    public init(decoding text: borrowing SecretBytes) throws(SSOError) { self = try decoded(text) }

    private borrowing func fields() throws(FieldsError) -> SecretBytes {
        var text = SecretBytes(capacity: 4096)
        try text.appendField(Tag.accessToken, accessToken)
        text.appendField(Tag.expiration, UInt64(clamping: expiration.seconds))
        try text.appendField(Tag.startURL, site.startURL)
        try text.appendField(Tag.region, site.region)
        try text.appendField(Tag.scopes, site.scopes.joined(separator: " "))
        switch refreshToken {
        case .some(let token): try text.appendField(Tag.refreshToken, token)
        case .none: break
        }
        switch registration {
        case .some(let registration):
            try text.appendField(Tag.clientID, registration.clientID)
            try text.appendField(Tag.clientSecret, registration.clientSecret)
            text.appendField(Tag.registrationExpiration, UInt64(clamping: registration.expiration.seconds))
        case .none: break
        }
        return text
    }
}

private func decoded(_ text: borrowing SecretBytes) throws(SSOError) -> SSOToken {
    do throws(FieldsError) {
        return try text.withUnsafeBytes { (bytes) throws(FieldsError) in
            let fields = FieldReader(bytes)
            let scopes = try fields.text(Tag.scopes).split(separator: " ").map { String($0) }
            let site = Site(
                startURL: try fields.text(Tag.startURL), region: try fields.text(Tag.region), scopes: scopes)
            return SSOToken(
                accessToken: try fields.secret(Tag.accessToken),
                expiration: UnixTime(Int64(clamping: try fields.uint64(Tag.expiration))),
                refreshToken: try fields.secretIfPresent(Tag.refreshToken), registration: try registration(fields),
                site: site)
        }
    } catch { throw .damagedToken(error) }
}

private func registration(_ fields: FieldReader) throws(FieldsError) -> Registration? {
    guard let clientID = try fields.textIfPresent(Tag.clientID) else { return nil }
    return Registration(
        clientID: clientID, clientSecret: try fields.secret(Tag.clientSecret),
        expiration: UnixTime(Int64(clamping: try fields.uint64(Tag.registrationExpiration))))
}
