import Profiles
import Secrets

/// Where the first credentials of a chain come from.
public enum Source: Sendable {
    /// A key of the store; `origin` is the line that names it, or the profile's, or nil without a profile.
    case storedKey(name: String, origin: Origin?)
    /// A key in a file, readable to anyone who can read the file.
    case plaintextKey(PlaintextKey)
    /// `credential_source`.
    case named(CredentialSource, Origin)
    /// `web_identity_token_file`.
    case webIdentity(WebIdentity)
    /// IAM Identity Center.
    case sso(SSO)
    /// `login_session`.
    case login(Login)
    /// Another program's `credential_process`.
    case process(Setting)
}

/// The values of `credential_source`.
public enum CredentialSource: String, Sendable {
    /// `AWS_ACCESS_KEY_ID` and its companions.
    case environment = "Environment"
    /// The instance metadata service.
    case ec2InstanceMetadata = "Ec2InstanceMetadata"
    /// The container credentials endpoint.
    case ecsContainer = "EcsContainer"
}

/// A key in plain text, read when it is needed.
public struct PlaintextKey: Sendable {
    /// `aws_access_key_id`.
    public let accessKeyID: Setting
    /// `aws_account_id`.
    public let accountID: Setting?
    /// Whether an `aws_session_token` makes these the credentials of a session.
    public let hasSessionToken: Bool
    /// The profile that holds it.
    public let profile: Profile

    /// The key itself. If it is a session's, its expiration is unknown.
    public func credentials() -> Credentials? {
        guard let secret = profile.secret("aws_secret_access_key") else { return nil }
        return Credentials(
            accessKeyID: accessKeyID.value, secret: secret, sessionToken: profile.secret("aws_session_token"),
            expiration: nil, accountID: accountID?.value)
    }
}

extension PlaintextKey {
    /// Whether it is a long-term key by its id, even if an `aws_session_token` stands beside it.
    package var isLongTerm: Bool { !hasSessionToken || isLongTermKey(id: accessKeyID.value) }
}

/// Whether it is the id of a long-term key: those of sessions begin with `ASIA`.
package func isLongTermKey(id: String) -> Bool { id.utf8.starts(with: "AKIA".utf8) }

/// `AssumeRoleWithWebIdentity`.
public struct WebIdentity: Sendable {
    /// The role.
    public let roleARN: Setting
    /// The path of the file with the token.
    public let tokenFile: Setting
    /// `role_session_name`.
    public let sessionName: Setting?
    /// `duration_seconds`, or a bound that makes it shorter.
    public internal(set) var duration: Seconds?
    /// What shortened it; nil if nothing did.
    package private(set) var shortening: Shortening?
    /// Role settings in the profile that `AssumeRoleWithWebIdentity` does not accept; SDKs ignore them too.
    public let unsent: [IgnoredSetting]

    /// A setting that is not sent.
    public struct IgnoredSetting: Sendable {
        /// Its name.
        public let key: String
        /// Its value, and where it is written.
        public let setting: Setting
    }
}

extension WebIdentity {
    fileprivate mutating func keep(within longest: Seconds?) {
        shortening = Shortening(duration?.value ?? RoleStep.chainedDuration, by: longest)
        if let shortening { duration = shortening.bound }
    }
}

/// A role of IAM Identity Center.
public struct SSO: Sendable {
    /// The name of the `sso-session`; nil if the profile itself has the settings.
    public let session: Setting?
    /// `sso_start_url`.
    public let startURL: Setting
    /// `sso_region`.
    public let region: Setting
    /// `sso_registration_scopes` of the `sso-session`.
    public let scopes: Setting?
    /// `sso_account_id`; present if and only if `roleName` is.
    public let accountID: Setting?
    /// `sso_role_name`.
    public let roleName: Setting?
}

/// A sign-in with console credentials, as `aws login` makes it.
public struct Login: Sendable {
    /// `login_session`: the ARN of who signed in.
    public let session: Setting
    /// The region of the profile itself, whose endpoint renews the sign-in.
    public let region: Setting?
}

extension Source {
    /// The same source, with sessions that live as long as a bound allows.
    func keeping(within longest: Seconds?) -> Source {
        guard case .webIdentity(var identity) = self else { return self }
        identity.keep(within: longest)
        return .webIdentity(identity)
    }

    /// Whether it is a key, which may request sessions, and roles of over an hour.
    package var isKey: Bool {
        switch self {
        case .storedKey: true
        case .plaintextKey(let key): !key.hasSessionToken
        case .named, .webIdentity, .sso, .login, .process: false
        }
    }

    /// The same for the machine's rules, which no token beside a long-term key gets around.
    package var isLongTermKey: Bool {
        if case .plaintextKey(let key) = self { return key.isLongTerm }
        return isKey
    }

    /// Whether it is known to be a session, so that a role assumed from it lasts an hour at most.
    var isSession: Bool {
        switch self {
        case .plaintextKey(let key): key.hasSessionToken
        case .named(let source, _): source != .environment
        case .webIdentity, .sso, .login: true
        case .storedKey, .process: false
        }
    }
}
