import Chains
import Profiles
import Text

/// Which profiles the user wants warder to be asked for. Others never were warder's: what SDKs do with them is not its
/// business.
struct MeantProfiles {
    private let profiles: ProfileSet
    /// The profiles that another one goes through, or includes.
    private let behindOthers: Set<String>
    private let asking: Set<String>

    /// Warder's names of what supplies a profile's credentials.
    private static let sources = [
        "warder_role_arn", "warder_source_profile", "warder_key", "warder_credential_source",
        "warder_credential_process", "warder_web_identity_token_file", "warder_sso_session", "warder_sso_start_url",
        "warder_sso_account_id", "warder_login_session",
    ]

    init(_ profiles: ProfileSet) {
        self.profiles = profiles
        var behind: Set<String> = []
        let all = profiles.profileNames.compactMap { profiles.profile($0) }
        for profile in all {
            for key in ["source_profile", "include_profile"] {
                if let other = (try? profile.setting(key))??.value, !other.isSame(as: profile.name) {
                    behind.insert(other)
                }
            }
        }
        behindOthers = behind
        asking = Set(all.filter { Self.asks($0, isBehindOthers: behind.contains($0.name)) }.map(\.name))
    }

    private static func asks(_ profile: Profile, isBehindOthers: Bool) -> Bool {
        if let command = try? profile.written("credential_process") { return isMeantForWarder(command.value) }
        return !isBehindOthers && sources.contains { profile.origin(of: $0) != nil }
    }

    /// Whether SDKs are meant to ask warder for it: its program is warder, or was to be; or what it lives on is hidden
    /// from SDKs, and no other profile uses it.
    func asks(_ name: String) -> Bool { asking.contains(name) }

    /// Whether warder is meant to resolve it: it asks warder, or has settings that only warder reads. What others go
    /// through or include need not stand for itself.
    func concernsWarder(_ name: String) -> Bool {
        guard !asks(name) else { return true }
        guard !behindOthers.contains(name), let profile = profiles.profile(name) else { return false }
        return profile.keys.contains { $0.begins(with: "warder_") }
    }

    /// Whether any profile is meant to ask warder.
    var areAny: Bool { !asking.isEmpty }

    /// Whether a command was to run warder, however it is quoted or misspelt.
    static func isMeantForWarder(_ command: String) -> Bool {
        let ends: [UInt8] = [" ", "\t", "\"", "'", "/", "="].map { UInt8(ascii: $0) }
        let words = command.utf8.split { ends.contains($0) }.map { String(Substring($0)) }
        if words.contains("warder") { return true }
        // A name near warder's is a mistake only in warder's own command.
        guard words.contains("process") else { return command.utf8.allSatisfy { ends.contains($0) } }
        return words.contains { nearest(to: $0, among: ["warder"]) != nil }
    }
}
