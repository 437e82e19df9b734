import Profiles
import Text

extension Source {
    /// The source that the profile itself has, ignoring its `role_arn` and `source_profile`.
    init(
        of profile: Profile, in profiles: ProfileSet, isStoredKey: (String) -> Bool
    ) throws(ChainError) {
        if let key = try profile.ownValue("key") {
            self = .storedKey(name: key.value, origin: key.origin)
        } else if let named = try Self.named(profile) {
            self = named
        } else if let identity = try WebIdentity(of: profile) {
            self = .webIdentity(identity)
        } else if let sso = try SSO(of: profile, in: profiles) {
            self = .sso(sso)
        } else if let login = try Login(of: profile, in: profiles) {
            self = .login(login)
        } else if let key = try PlaintextKey(of: profile) {
            self = .plaintextKey(key)
        } else {
            self = try Self.unnamed(profile, isStoredKey)
        }
    }

    private static func named(_ profile: Profile) throws(ChainError) -> Source? {
        guard let setting = try profile.value("credential_source") else { return nil }
        guard let source = CredentialSource(rawValue: setting.value) else {
            throw .unknownCredentialSource(setting.value, setting.origin)
        }
        return .named(source, setting.origin)
    }

    /// Another program's process, or a key with the profile's name.
    private static func unnamed(_ profile: Profile, _ isStoredKey: (String) -> Bool) throws(ChainError) -> Source {
        switch try profile.process() {
        case .other(let command): return .process(command)
        case .warder: return .storedKey(name: profile.name, origin: profile.origin)
        case nil:
            guard isStoredKey(profile.name) else {
                if let link = try profile.value("source_profile"), link.value.isSame(as: profile.name) {
                    throw .ownSource(profile: profile.name, link.origin)
                }
                throw .noCredentials(profile: profile.name, profile.origin)
            }
            return .storedKey(name: profile.name, origin: profile.origin)
        }
    }
}

extension Profile {
    /// How warder treats a profile's `credential_process`.
    enum CredentialProcess {
        case warder
        case other(Setting)
    }

    /// Reads `credential_process`. One that runs warder counts only in the profile itself: an included one would name
    /// another profile.
    func process() throws(ChainError) -> CredentialProcess? {
        guard let command = try value("credential_process") else { return nil }
        switch Program(command.value, isItself: isWarderItself) {
        case .other: return .other(command)
        case .warder(let asked):
            if let asked, asked != name {
                guard try isOwn("credential_process") else { return nil }
                throw .processForAnotherProfile(profile: name, asked: asked, command.origin)
            }
            return .warder
        }
    }

    /// Whether a profile without a source is a key of the same name all the same.
    func isKey(_ isStoredKey: (String) -> Bool) throws(ChainError) -> Bool {
        if try namesKey() { return true }
        if case .warder = try process() { return true }
        return isStoredKey(name)
    }

    /// Whether it is a role without a source to assume it with.
    func hasNoSource(_ isStoredKey: (String) -> Bool) throws(ChainError) -> Bool {
        for key in ["source_profile", "credential_source"] {
            if let _ = try value(key) { return false }
        }
        return try !isKey(isStoredKey)
    }

    /// Whether `warder_key` names a stored key.
    func namesKey() throws(ChainError) -> Bool {
        // Comparing an Equatable value with nil would call the generic operator, which is slow at its first use.
        if let _ = try ownValue("key") { return true }
        return false
    }

    /// Whether the profile is a web identity.
    func hasWebIdentity() throws(ChainError) -> Bool {
        if let _ = try value("web_identity_token_file") { return true }
        return false
    }

    /// Whether the profile itself sets `key`, rather than one that it includes.
    private func isOwn(_ key: String) throws(ChainError) -> Bool {
        origin(of: key) != nil || origin(of: "warder_" + key) != nil
    }
}

extension PlaintextKey {
    /// Nil if the profile has neither half. Never reads `include_profile` or `warder_…`.
    init?(of profile: Profile) throws(ChainError) {
        let secret = profile.origin(of: "aws_secret_access_key")
        guard let accessKeyID = try profile.plainValue("aws_access_key_id") else {
            guard let secret else { return nil }
            throw .halfAKey(profile: profile.name, missing: "aws_access_key_id", secret)
        }
        guard secret != nil else {
            throw .halfAKey(profile: profile.name, missing: "aws_secret_access_key", accessKeyID.origin)
        }
        self.accessKeyID = accessKeyID
        accountID = try profile.plainValue("aws_account_id")
        hasSessionToken = profile.origin(of: "aws_session_token") != nil
        self.profile = profile
    }

    /// Whether both halves are present, whatever their values.
    static func isWhole(in profile: Profile) -> Bool {
        profile.origin(of: "aws_access_key_id") != nil && profile.origin(of: "aws_secret_access_key") != nil
    }
}

extension WebIdentity {
    /// The token of `AWS_WEB_IDENTITY_TOKEN_FILE`, for a role without a source.
    init(of profile: Profile, roleARN: Setting, environmentsTokenFile file: String) throws(ChainError) {
        let tokenFile = Setting(value: file, origin: Origin(path: "AWS_WEB_IDENTITY_TOKEN_FILE", line: 0))
        try self.init(of: profile, roleARN: roleARN, tokenFile: tokenFile)
    }

    init?(of profile: Profile) throws(ChainError) {
        guard let tokenFile = try profile.value("web_identity_token_file") else { return nil }
        guard let roleARN = try profile.value("role_arn") else {
            throw .webIdentityWithoutRole(profile: profile.name, tokenFile.origin)
        }
        try self.init(of: profile, roleARN: roleARN, tokenFile: tokenFile)
    }

    private init(of profile: Profile, roleARN: Setting, tokenFile: Setting) throws(ChainError) {
        self.roleARN = roleARN
        self.tokenFile = tokenFile
        sessionName = try profile.value("role_session_name")
        duration = try profile.roleDuration()
        unsent = try Self.unsent(of: profile)
    }

    /// Without its policy the role would be granted in full, which is not what the profile says.
    private static func unsent(of profile: Profile) throws(ChainError) -> [IgnoredSetting] {
        for key in ["policy", "policy_arns"] {
            if let policy = try profile.value(key) { throw .badValue(key: key, .webIdentitysPolicy, policy.origin) }
        }
        if let file = try profile.ownValue("policy_file") {
            throw .badValue(key: "policy_file", .webIdentitysPolicy, file.origin)
        }
        var unsent: [IgnoredSetting] = []
        for key in ["external_id", "source_identity", "session_tags", "transitive_session_tags"] {
            if let setting = try profile.value(key) { unsent.append(IgnoredSetting(key: key, setting: setting)) }
        }
        return unsent
    }
}

extension SSO {
    init?(of profile: Profile, in profiles: ProfileSet) throws(ChainError) {
        let name = profile.name
        session = try profile.value("sso_session")
        accountID = try profile.value("sso_account_id")
        roleName = try profile.value("sso_role_name")
        var region = try profile.value("sso_region")
        var startURL = try profile.value("sso_start_url")
        var scopes: Setting?
        guard let given = session ?? roleName ?? accountID ?? startURL ?? region else { return nil }
        if let session {
            guard let section = profiles.ssoSession(session.value) else {
                if let misnamed = profiles.misnamed(session.value, as: "sso-session") {
                    throw .sectionMisnamed(kind: "sso-session", name: session.value, misnamed, session.origin)
                }
                throw .ssoSessionMissing(session: session.value, profile: name, session.origin)
            }
            try section.checkOwnSettings()
            region = try section.shared("sso_region", beside: region)
            startURL = try section.shared("sso_start_url", beside: startURL)
            scopes = try section.plainValue("sso_registration_scopes")
        }
        if let accountID, roleName == nil {
            throw .ssoIncomplete(profile: name, missing: "sso_role_name", accountID.origin)
        }
        if let roleName, accountID == nil {
            throw .ssoIncomplete(profile: name, missing: "sso_account_id", roleName.origin)
        }
        guard let region else { throw .ssoIncomplete(profile: name, missing: "sso_region", given.origin) }
        guard let startURL else { throw .ssoIncomplete(profile: name, missing: "sso_start_url", given.origin) }
        self.region = region
        self.startURL = startURL
        self.scopes = scopes
    }
}

extension Login {
    /// Nil if the profile has none, or a key of the credentials file, which SDKs use first.
    init?(of profile: Profile, in profiles: ProfileSet) throws(ChainError) {
        guard let session = try profile.value("login_session") else { return nil }
        guard !PlaintextKey.isWhole(in: profile) || !profiles.hasKeyInCredentials(profile) else { return nil }
        guard !session.value.isEmpty else { throw .badValue(key: "login_session", .empty, session.origin) }
        self.session = session
        region = try profile.value("region")
    }
}

extension ProfileSet {
    /// Whether the profile's plaintext key is in the credentials file.
    fileprivate func hasKeyInCredentials(_ profile: Profile) -> Bool {
        guard let path = credentials?.path, let origin = profile.origin(of: "aws_access_key_id") else { return false }
        return path.utf8.elementsEqual(origin.path.utf8)
    }
}

extension Profile {
    /// The value in an `sso-session`. A profile may repeat it, for tools that do not know sessions, but must not
    /// differ.
    fileprivate func shared(_ key: String, beside own: Setting?) throws(ChainError) -> Setting? {
        let said = try plainValue(key)
        guard let own, said?.value != own.value else { return said }
        throw .ssoKeyBesideSession(session: name, key: key, own: own, said: said)
    }
}
