import Profiles
import Text

/// The path from the requested profile to the one that supplies the first credentials.
struct Walk {
    /// Where the path ends.
    enum End {
        /// The last of `profiles` is a source itself.
        case profile
        /// A key of the store with this name, not a profile.
        case key(String)
    }

    /// Every profile on the path, the requested one first.
    private(set) var profiles: [Profile] = []
    /// The roles on it, each with its own device and region.
    private(set) var roles: [RoleStep] = []
    private(set) var end = End.profile
    /// The environment's web identity, if the last profile is a role without another source.
    private(set) var identity: WebIdentity?

    /// Follows `source_profile` as the SDKs do: a role leads from one profile to the next, and from the second profile
    /// on a plaintext key takes precedence over a role.
    init(
        from name: String, in set: ProfileSet, webIdentityTokenFile: String?, isStoredKey: (String) -> Bool
    ) throws(ChainError) {
        var name = name
        var link: Setting?
        while true {
            guard let profile = set.profile(name) else {
                if let misnamed = set.misnamed(name) {
                    throw .misnamed(profile: name, misnamed, link: link?.origin)
                }
                guard !name.isEmpty, isStoredKey(name) else { throw missing(name, link, set) }
                end = .key(name)
                return
            }
            if let link, profiles.contains(where: { $0.name.isSame(as: name) }) {
                throw .cycle(profile: name, link.origin)
            }
            profiles.append(profile)
            try profile.checkOwnSettings()
            guard profiles.count <= Chain.greatestDepth else {
                throw .tooDeep(profile: name, link?.origin ?? profile.origin)
            }
            if link != nil, PlaintextKey.isWhole(in: profile), try !profile.namesKey() { return }
            // A web identity is a source, even though it names a role.
            guard let arn = try profile.value("role_arn"), try !profile.hasWebIdentity() else {
                return
            }
            if let file = webIdentityTokenFile, try profile.hasNoSource(isStoredKey) {
                identity = try WebIdentity(of: profile, roleARN: arn, environmentsTokenFile: file)
                return
            }
            roles.append(try RoleStep(arn, of: profile))
            guard let next = try Self.source(of: profile, arn, isStoredKey) else { return }
            link = next
            name = next.value
        }
    }

    /// The `source_profile` to continue with; nil if the profile is its own source.
    private static func source(
        of profile: Profile, _ arn: Setting, _ isStoredKey: (String) -> Bool
    ) throws(ChainError) -> Setting? {
        let named = try profile.value("credential_source")
        guard let next = try profile.value("source_profile") else {
            if named != nil { return nil }
            guard try profile.isKey(isStoredKey) else {
                let near = ["source_profile", "credential_source"].lazy.compactMap { profile.misspelling(of: $0) }.first
                throw .roleWithoutSource(profile: profile.name, arn.origin, near: near)
            }
            return nil
        }
        if named != nil { throw .twoSources(profile: profile.name, next.origin) }
        return next.value.isSame(as: profile.name) ? nil : next
    }

    private func missing(_ name: String, _ link: Setting?, _ set: ProfileSet) -> ChainError {
        if let section = set.passedOver(name) { return .passedOver(profile: name, section, link: link?.origin) }
        guard let link, let last = profiles.last else { return .noSuchProfile(name) }
        return .sourceMissing(source: name, profile: last.name, link.origin)
    }

    /// The first value of a setting on the path from the requested profile to the source.
    func nearest(_ key: String) throws(ChainError) -> Setting? {
        for profile in profiles {
            if let found = try profile.value(key) { return found }
        }
        return nil
    }
}
