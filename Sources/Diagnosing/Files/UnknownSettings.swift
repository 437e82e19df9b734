import Chains
import Failures
import Profiles
import Text

/// Settings of profiles that begin with `warder_` and that warder does not know.
enum UnknownSettings: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let profiles = try? subject.profiles.get() else { return }
        for name in subject.names {
            guard let profile = profiles.profile(name) else { continue }
            for (key, origin) in unknown(profile) { diagnosis.add(finding(key, origin, profile)) }
        }
    }

    /// All that have a name that SDKs accept; else the first.
    private static func unknown(_ profile: Profile) -> [(String, Origin)] {
        guard let first = profile.unknownOwn(Chain.ownSettings) else { return [] }
        let known = Chain.ownSettings.names
        let named = profile.keys.compactMap { key -> (String, Origin)? in
            guard let own = key.removingPrefix("warder_"), !own.isEmpty, !known.contains(String(own)) else {
                return nil
            }
            return profile.mention(of: key).map { (key, $0) }
        }
        return named.isEmpty ? [(first.key, first.origin)] : named
    }

    /// Of the profile that has the setting at this line.
    static func finding(_ key: String, _ origin: Origin, in profiles: ProfileSet) -> Finding {
        let owners = profiles.profileNames.lazy.compactMap { profiles.profile($0) }
        guard let owner = owners.first(where: { $0.mention(of: key) == origin }) else {
            return Finding(
                "unknown_setting", .broken, at: origin.place, "warder has no setting \(key)",
                why: "warder refuses a profile with it, because the setting would have no effect",
                .run(LineEdit.edit(origin)))
        }
        return finding(key, origin, owner)
    }

    private static func finding(_ key: String, _ origin: Origin, _ profile: Profile) -> Finding {
        Finding(
            "unknown_setting", .broken, at: origin.place, "warder has no setting \(key)",
            why: "warder refuses the profile \(profile.name), because the setting would have no effect",
            .run(command(key, origin, profile)))
    }

    /// Writes the name that was probably meant, unless that is there already.
    private static func command(_ key: String, _ origin: Origin, _ profile: Profile) -> String {
        let known = Chain.ownSettings.names.map { "warder_" + $0 }
        if let meant = nearest(to: key, among: known), profile.mention(of: meant) == nil {
            return LineEdit.rename(key, to: meant, at: origin)
        }
        return LineEdit.comment(key, at: origin, profile.mention(of: key) == origin ? profile.lines(of: key) : nil)
    }
}
