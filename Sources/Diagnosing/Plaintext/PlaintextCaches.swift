import Chains
import JSON
import Linux
import Profiles
import Secrets
import Text
import Times

/// Live sessions that the AWS CLI keeps in plain text, and that it has no more use for.
///
/// Those of profiles that do not use warder are the CLI's own business: they are a remark.
enum PlaintextCaches: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let home = subject.home, let profiles = try? subject.profiles.get() else { return }
        let folder = home + "/.aws/cli/cache"
        let now = subject.context.now
        let live = cacheFiles(in: folder).compactMap { path in session(path).map { (path, $0) } }
            .filter { $0.1.end > now }
        guard !live.isEmpty else { return }
        let ours = rolesOfWarder(subject.names, profiles)
        var others = 0
        for (path, session) in live {
            guard let role = session.role, let profile = ours.first(where: { $0.role == role })?.profile else {
                others += 1
                continue
            }
            diagnosis.add(
                Finding(
                    "session_in_cli_cache", .exposed, at: path,
                    "the AWS CLI keeps a live session of \(profile)'s role in plain text, though \(profile) asks warder",
                    why: "every program you run can use it until it ends; warder keeps its own encrypted",
                    .run("rm \(shellWord(path))")))
        }
        guard others > 0, subject.profile == nil else { return }
        diagnosis.add(
            Remark(
                "cli_sessions", at: folder,
                "the AWS CLI keeps \(others == 1 ? "a live session" : "\(others) live sessions") of its own in plain text"
            ))
    }

    // MARK: - What the files hold

    /// A role: its account and its name, without a path.
    private struct Role: Equatable {
        let account: String
        let name: String

        /// `arn:aws:iam::ACCOUNT:role/PATH/NAME`, or `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
        init?(_ arn: String) {
            let fields = arn.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            let parts = fields.last.map { $0.split(separator: UInt8(ascii: "/")) } ?? []
            guard fields.count == 6, parts.count >= 2, let kind = parts.first, let last = parts.last else { return nil }
            account = String(Substring(fields[4]))
            name = String(Substring(kind.elementsEqual("assumed-role".utf8) ? parts[1] : last))
        }
    }

    private static func rolesOfWarder(_ names: [String], _ profiles: ProfileSet) -> [(profile: String, role: Role)] {
        names.compactMap { name in
            guard let profile = profiles.profile(name), (try? profile.asksWarder()) == true,
                let arn = (try? profile.setting("role_arn")) ?? nil, let role = Role(arn.value)
            else { return nil }
            return (name, role)
        }
    }

    /// What botocore caches of a role: `Credentials` and `AssumedRoleUser`, as AWS gave them.
    private static func session(_ path: String) -> (role: Role?, end: Int64)? {
        guard let text = cacheText(path) else { return nil }
        do throws(JSONError) {
            let object = try JSONObject(text)
            guard let credentials = try object.object("Credentials"),
                try credentials.secret("SecretAccessKey") != nil,
                let end = try credentials.text("Expiration").flatMap(time)
            else { return nil }
            let arn = try object.object("AssumedRoleUser")?.text("Arn")
            return (arn.flatMap { Role($0) }, end)
        } catch { return nil }
    }

    private static func time(_ text: String) -> Int64? {
        let text = text.ends(with: "UTC") ? String(text.unicodeScalars.dropLast(3)) + "Z" : text
        return UnixTime(iso8601: text)?.seconds
    }
}
