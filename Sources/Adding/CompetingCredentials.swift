import Chains
import Explaining
import Failures
import Profiles
import Setup
import Text

/// What SDKs still use instead of a stored key: the same or another key in plain text, a variable, or a profile that
/// does not ask warder.
struct CompetingCredentials {
    let context: Context
    /// The name of the stored key, and most likely that of a profile.
    let name: String
    let accessKeyID: String

    /// Reports each one: where it is, that it takes precedence, and what to do. Never shows a secret. Returns the profiles
    /// that have the same key in plain text.
    @discardableResult func warn() throws(Failure) -> [String] {
        let files = try ProfileLoading(context).profiles()
        for key in files.writtenKeys { warn(of: key) }
        try warnOfObstacles(files)
        var seen: Set<String> = []
        return files.writtenKeys.filter { $0.accessKeyID.isSame(as: accessKeyID) }.map(\.profile)
            .filter { seen.insert($0).inserted }
    }

    private func warnOfObstacles(_ files: ProfileSet) throws(Failure) {
        guard files.profile(name) != nil else { return try warnOfVariable(files) }
        let verdict = try SDKVerdict(context, files, profile: name)
        for obstacle in verdict.obstacles {
            switch obstacle {
            // Reported already, or true of any profile.
            case .keyInConfig, .keyInCredentials, .anotherIsChosen: break
            default: verdict.failure(obstacle).show(on: context.console)
            }
        }
    }

    private func warn(of key: PlaintextKeyEntry) {
        let isSame = key.accessKeyID.utf8.elementsEqual(accessKeyID.utf8)
        let isOwnProfile = key.profile.utf8.elementsEqual(name.utf8)
        guard isSame || isOwnProfile else { return }
        let what = isSame ? "this key is in plain text too" : "another key is in plain text"
        let profile = key.profile == "default" ? "[default]" : "the profile \(key.profile)"
        Failure(
            .badConfig,
            "\(key.origin.place): \(what), in \(profile), "
                + "and there it takes precedence over the stored one until it is removed",
            hint: isSame
                ? "run warder import \(shellWord(key.profile))"
                : "take the lines of aws_access_key_id and aws_secret_access_key away there"
        ).show(on: context.console)
    }

    /// Without a profile, only the variable is reported, because it takes precedence all the same.
    private func warnOfVariable(_ files: ProfileSet) throws(Failure) {
        let verdict = try SDKVerdict(context, files, profile: name)
        for obstacle in verdict.obstacles {
            if case .environmentKey = obstacle { verdict.failure(obstacle).show(on: context.console) }
        }
    }
}
