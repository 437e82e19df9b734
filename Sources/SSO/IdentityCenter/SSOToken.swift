import Fields
import Secrets
import Times

/// The result of a sign-in: the access token for the portal, and what renews it.
public struct SSOToken: ~Copyable, Sendable {
    /// Renew a token when it expires within so many seconds.
    public static let renewalMargin: Int64 = 300

    /// The token that the portal accepts.
    public let accessToken: SecretBytes
    /// When it expires: an hour or eight hours after it was issued.
    public let expiration: UnixTime
    /// Gets a new access token until the user's session ends; nil if the user must sign in again.
    public let refreshToken: SecretBytes?
    /// The registration that the refresh token is bound to; nil if another program's token lacks it.
    public let registration: Registration?
    /// The site that it is for.
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

    /// Whether the portal may still accept it.
    public borrowing func isValid(at now: UnixTime) -> Bool { expiration > now }

    /// Whether it expires within five minutes.
    public borrowing func needsRenewal(at now: UnixTime) -> Bool { expiration < now + Self.renewalMargin }

    /// Requests a new token with the refresh token, which AWS allows until the user's session ends.
    ///
    /// If that fails for any reason but `.signInNeeded`, this token may be used while it is valid.
    ///
    /// - Throws: `.signInNeeded` if there is no refresh token, if it is no longer valid, or if the registration that it
    ///   is bound to has expired; otherwise whatever `OIDCClient` throws.
    public borrowing func renewed(by client: OIDCClient) throws(SignInError) -> SSOToken {
        switch registration {
        case .some(let registration):
            guard registration.expiration > client.timing.now(), let refreshToken = copy(of: refreshToken) else {
                throw .signInNeeded
            }
            let granted = try refresh(.refresh(refreshToken.copy()), registration, client)
            // If the answer has no new one, the old one stays valid (RFC 6749 section 6).
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
) throws(SignInError) -> GrantedToken {
    do throws(SignInError) { return try client.createToken(grant, by: registration) } catch {
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
    /// Its fields, to be encrypted: 1 access token, 2 its expiration, 3 start URL, 4 region, 5 scopes separated by
    /// spaces, and if known 6 refresh token, 7 client identifier, 8 client secret, 9 its expiration. Times are in
    /// seconds since 1970.
    ///
    /// - Throws: `.damagedToken`.
    public borrowing func encoded() throws(SignInError) -> SecretBytes {
        do throws(FieldsError) { return try fields() } catch { throw .damagedToken(error) }
    }

    /// Parses what `encoded` returned.
    ///
    /// - Throws: `.damagedToken`.
    public init(decoding text: borrowing SecretBytes) throws(SignInError) { self = try decoded(text) }

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

private func decoded(_ text: borrowing SecretBytes) throws(SignInError) -> SSOToken {
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
