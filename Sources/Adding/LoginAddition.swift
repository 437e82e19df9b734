import Chains
import Failures
import Issuing
import Linux
import Profiles
import STS
import Secrets
import Setup
import Stores
import Text
import Vault

/// Signs in with console credentials, and adds the profile of the login.
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
    ///
    /// - Throws: if it is free, and the profile cannot be written.
    package func isNew() throws(Failure) -> Bool {
        let profiles = try ProfileLoading(context).profiles()
        try checkName(profiles)
        try refuseEmptySession(profiles)
        guard try isFree(in: profiles) else { return false }
        try checkRegion()
        _ = try profile(session: "", in: profiles)
        return true
    }

    /// Fails for a name that no section of the config file can have.
    private func checkName(_ profiles: ProfileSet) throws(Failure) {
        guard profiles.profile(name) == nil else { return }
        if let section = profiles.misnamed(name) {
            throw Failure(EditingError.misnamed(profile: name, section))
        }
        guard name.isEmpty || !name.utf8.allSatisfy(isNameByte) else { return }
        throw Failure(
            .usage, name.isEmpty ? "the name is empty" : "\(name) is not a valid profile name",
            hint: "use letters, digits and . _ @ + : / % -")
    }

    private func checkRegion() throws(Failure) {
        guard let region else { return }
        do throws(STSError) { _ = try Partition(region: region) } catch {
            throw Failure(.usage, "\(region) is not a region", hint: "write, for example, eu-central-1")
        }
    }

    /// A second line would not help while the empty one is there.
    private func refuseEmptySession(_ profiles: ProfileSet) throws(Failure) {
        guard let profile = profiles.profile(name), let line = profile.mention(of: "login_session"),
            ((try? profile.setting("login_session")) ?? nil)?.value.isEmpty ?? true
        else { return }
        throw Failure(
            .badConfig, "\(line.place): login_session is empty", hint: "remove the line, and run the command again")
    }

    private func isFree(in profiles: ProfileSet) throws(Failure) -> Bool {
        var failure: Failure?
        do throws(ChainError) {
            _ = try Chain.resolve(
                name, in: profiles, webIdentityTokenFile: context.environment.nonEmpty("AWS_WEB_IDENTITY_TOKEN_FILE"),
                environment: { context.environment[$0] }
            ) { key in
                do throws(Failure) { return try isStored(key) } catch {
                    failure = error
                    return false
                }
            }
            return false
        } catch {
            if let failure { throw failure }
            switch error {
            case .noSuchProfile: return true
            case .noCredentials(let profile, _) where profile.isSame(as: name): return true
            default: throw Failure(error)
            }
        }
    }

    private func isStored(_ key: String) throws(Failure) -> Bool {
        guard KeyName(key) != nil, try keys.store() != nil else { return false }
        return try keys.holds(key)
    }

    /// Whether SDKs renew the profile's login themselves, and do not see warder's.
    package func isOfSDKs() throws(Failure) -> Bool {
        try ProfileLoading(context).profiles().profile(name)?.origin(of: "login_session") != nil
    }

    /// Signs in, and writes the profile.
    package func run() throws(Failure) {
        let path = try ProfileLoading(context).configPath()
        let profilesRegion = try regionOfProfile()
        // Before the user signs in, not after.
        try ConfigRewrite.check(path, "the config file")
        _ = try ConfigRewrite(context)
        let session = try NewLogin(keys, region: region, profilesRegion: profilesRegion, method: method).run()
        do throws(Failure) { try write(session, path) } catch {
            throw Failure(
                error.code,
                "you signed in as \(session), but the profile \(name) is not written: \(error.message)",
                hint: error.hint)
        }
        context.console.note("\(name): signed in as \(session); the profile is in \(path)")
    }

    private func write(_ session: String, _ path: String) throws(Failure) {
        let rewrite = try ConfigRewrite(context)
        let profiles = try ProfileLoading(context).profiles()
        if let other = ((try? profiles.profile(name)?.setting("login_session")) ?? nil)?.value {
            // Another `warder login` was faster.
            if other.isSame(as: session) { return }
            throw Failure(
                .other, "another program gave \(name) a login_session in the meantime", hint: "run the command again")
        }
        try rewrite.replace(profiles.config, at: path, with: profile(session: session, in: profiles))
    }

    private func regionOfProfile() throws(Failure) -> String? {
        let profile = try ProfileLoading(context).profiles().profile(name)
        return ((try? profile?.setting("region")) ?? nil)?.value
    }

    /// The text of the config file with the profile.
    private func profile(session: String, in profiles: ProfileSet) throws(Failure) -> SecretBytes {
        var settings = [(key: "warder_login_session", value: session)]
        do throws(EditingError) {
            guard profiles.configAlone.profile(name) != nil, let config = profiles.config else {
                return try NewProfile(name: name, region: region, settings: settings, program: context.ownPath)
                    .added(to: profiles.config)
            }
            if let region, profiles.profile(name)?.mention(of: "region") == nil {
                settings.append((key: "region", value: region))
            }
            return config.edited(
                try profiles.serving(name, program: context.ownPath, settings: settings))
        } catch { throw Failure(error) }
    }
}
