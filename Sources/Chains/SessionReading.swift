import Profiles

extension SSO {
    /// The sign-in of an `sso-session` by itself, without a role. Nil if the config file has no such section.
    public init?(session name: String, in profiles: ProfileSet) throws(ChainError) {
        guard let section = profiles.ssoSession(name) else { return nil }
        try section.checkOwnSettings()
        let heading = "[sso-session \(name)]"
        guard let region = try section.plainValue("sso_region") else {
            throw .ssoIncomplete(profile: heading, missing: "sso_region", section.origin)
        }
        guard let startURL = try section.plainValue("sso_start_url") else {
            throw .ssoIncomplete(profile: heading, missing: "sso_start_url", section.origin)
        }
        try checkRegion(region, "sso_region")
        self.init(
            session: Setting(value: name, origin: section.origin), startURL: startURL, region: region,
            scopes: try section.plainValue("sso_registration_scopes"), accountID: nil, roleName: nil)
    }
}
