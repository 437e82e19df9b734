import Chains
import Failures
import Profiles
import Text

/// What SDKs would find in `~/.aws` before they ask an endpoint: they look at a profile first, at `default` where none is
/// named.
package struct Shadowing {
    let profiles: ProfileSet
    /// The profile that is served.
    let profile: String
    /// What is served is less than what the profile gives.
    let isNarrowed: Bool

    /// Looks at `profiles` for who serves `profile`.
    package init(
        profiles: ProfileSet, profile: String, isNarrowed: Bool
    ) {
        self.profiles = profiles
        self.profile = profile
        self.isNarrowed = isNarrowed
    }

    /// Settings that give a profile credentials of its own.
    private static let settings = ["aws_access_key_id", "credential_process"] + SDKLookup.otherSettings

    /// The profile that SDKs are to be told of, so that they do not take what `default` has; nil where it has nothing.
    ///
    /// The served profile's own section will do where SDKs find no credentials in it, or warder, which gives the same.
    package func shield() throws(Failure) -> String? {
        guard let shadow = try credentials(of: "default") else { return nil }
        let own = profile == "default" ? shadow : try credentials(of: profile)
        if own == nil, profiles.profile(profile) != nil { return profile }
        if let own, own.isWarder, !isNarrowed { return profile == "default" ? nil : profile }
        let wayOut = own.map { !$0.isWarder } == true ? ", or first: warder adopt \(shellWord(profile))" : ""
        throw Failure(
            .badConfig, "\(shadow.origin.place): SDKs would take the credentials of [default] before those of --serve",
            hint: "run it without --serve\(wayOut)", origin: shadow.origin.place)
    }

    private struct Found {
        let origin: Origin
        /// It is warder, and nothing else.
        let isWarder: Bool
    }

    private func credentials(of name: String) throws(Failure) -> Found? {
        guard let section = profiles.profile(name) else { return nil }
        let present = Self.settings.compactMap { key in section.origin(of: key).map { (key: key, origin: $0) } }
        guard let first = present.first else { return nil }
        guard present.count == 1, first.0 == "credential_process" else {
            return Found(origin: first.1, isWarder: false)
        }
        do throws(ProfileError) {
            let command = try section.plain("credential_process")
            return Found(origin: first.1, isWarder: command.map { runsWarder($0.value) } == true)
        } catch { throw Failure(error) }
    }
}
