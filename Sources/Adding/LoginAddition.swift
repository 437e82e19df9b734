import Chains
import Failures
import Issuing
import Linux
import Profiles
import Secrets
import Setup
import Stores
import Text
import Vault

/// Signs in with the console's credentials, and adds the profile of the login.
package struct LoginAddition {
    let context: Context
    let keys: Keys
    let name: String
    let region: String?
    let method: SignInMethod

    /// The options of the command line.
    package init(_ keys: Keys, name: String, region: String?, method: SignInMethod) {
        context = keys.context
        self.keys = keys
        self.name = name
        self.region = region
        self.method = method
    }

    /// Whether the name is free for a new login: no profile, no key, or a profile without credentials.
    package func isNew() throws(Failure) -> Bool {
        let profiles = try ProfileLoading(context).profiles()
        if profiles.profile(name) == nil, let section = profiles.misnamed(name) {
            throw Failure(EditingError.misnamed(profile: name, section))
        }
        guard profiles.profile(name) != nil || KeyName(name) != nil else {
            throw Failure(
                .usage, name.isEmpty ? "the name is empty" : "\(name) is not a valid profile name",
                hint: "use up to 128 letters, digits and . _ @ + = , : / % -")
        }
        // Composing it fails where warder's own path has no place in a config file.
        _ = try profile(session: "", in: profiles)
        do throws(ChainError) {
            _ = try Chain.resolve(name, in: profiles, environment: { context.environment[$0] }) { key in
                (try? keys.holds(key)) == true
            }
            return false
        } catch {
            switch error {
            case .noSuchProfile, .noCredentials: return true
            default: throw Failure(error)
            }
        }
    }

    /// Whether SDKs renew the profile's login themselves, and do not see warder's.
    package func isOfSDKs() throws(Failure) -> Bool {
        try ProfileLoading(context).profiles().profile(name)?.origin(of: "login_session") != nil
    }

    /// Signs in, and writes the profile.
    package func run() throws(Failure) {
        let path = try ProfileLoading(context).configPath()
        // Before the user signs in, not after.
        try ConfigRewrite.check(path, "the config file")
        let profilesRegion = try regionOfProfile()
        let session = try NewLogin(keys, region: region ?? profilesRegion, method: method).run()
        do throws(Failure) {
            let rewrite = try ConfigRewrite(context)
            let profiles = try ProfileLoading(context).profiles()
            if let profile = profiles.profile(name), (try? profile.setting("login_session")) != nil {
                throw Failure(
                    .other, "another program gave \(name) a login_session meanwhile", hint: "run the command again")
            }
            try rewrite.replace(profiles.config, at: path, with: profile(session: session, in: profiles))
        } catch {
            throw Failure(
                error.code, "\(session) is signed in, but the profile \(name) is not written: \(error.message)",
                hint: error.hint)
        }
        context.console.note("\(name): signed in as \(session); the profile is in \(path)")
    }

    private func regionOfProfile() throws(Failure) -> String? {
        let profile = try ProfileLoading(context).profiles().profile(name)
        return ((try? profile?.setting("region")) ?? nil)?.value
    }

    /// The text of the config file with the profile.
    private func profile(session: String, in profiles: ProfileSet) throws(Failure) -> SecretBytes {
        let settings = [(key: "warder_login_session", value: session)]
        do throws(EditingError) {
            guard profiles.configAlone.profile(name) != nil, let config = profiles.config else {
                return try NewProfile(name: name, region: region, settings: settings, program: context.ownPath)
                    .added(to: profiles.config)
            }
            return config.edited(
                try profiles.serving(name, program: context.ownPath, settings: settings))
        } catch { throw Failure(error) }
    }
}
