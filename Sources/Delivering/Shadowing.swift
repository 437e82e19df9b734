import Chains
import Failures
import Profiles
import Text

/// Credentials in `~/.aws` that SDKs would use before they ask an endpoint: they look at a profile first, and at
/// `default` if none is selected.
package struct Shadowing {
    let profiles: ProfileSet
    /// The served profile.
    let profile: String
    /// The served credentials have fewer permissions than the profile's.
    let isNarrowed: Bool

    /// Checks which credentials in `profiles` would shadow those of `profile`.
    package init(
        profiles: ProfileSet, profile: String, isNarrowed: Bool
    ) {
        self.profiles = profiles
        self.profile = profile
        self.isNarrowed = isNarrowed
    }

    /// Settings that give a profile its own credentials.
    private static let settings = ["aws_access_key_id", "credential_process"] + SDKLookup.otherSettings

    /// The profile to select for SDKs, so that they do not use the credentials of `default`; nil if `default` has none.
    ///
    /// The served profile's own section is fine if SDKs find no credentials in it, or only warder, which gives the same
    /// ones.
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
        /// It is warder and nothing else.
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
