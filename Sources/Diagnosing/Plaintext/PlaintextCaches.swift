import Chains
import Crypto
import JSON
import Linux
import Profiles
import Secrets
import Text
import Times

/// Live sessions and sign-ins that the AWS CLI keeps in plain text, and that it has no more use for.
///
/// Those of profiles that do not use warder are the CLI's own business: they are a remark.
enum PlaintextCaches: Check {
    /// For each folder.
    private static let mostFiles = 200
    private static let largest = 64 * 1024
    /// In seconds: how long a sign-in of `aws login` can be renewed.
    private static let signInLife: Int64 = 12 * 3600

    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let home = subject.home, let profiles = try? subject.profiles.get() else { return }
        runCLI(home + "/.aws/cli/cache", subject, profiles, &diagnosis)
        let folder = subject.context.environment.nonEmpty("AWS_LOGIN_CACHE_DIRECTORY").map(subject.context.expanded)
        runLogin(folder ?? home + "/.aws/login/cache", subject, profiles, &diagnosis)
    }

    private static func runCLI(
        _ folder: String, _ subject: Subject, _ profiles: ProfileSet, _ diagnosis: inout Diagnosis
    ) {
        let now = subject.context.now
        let live = files(folder).compactMap { path in session(path).map { (path, $0) } }.filter { $0.1.end > now }
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

    private static func runLogin(
        _ folder: String, _ subject: Subject, _ profiles: ProfileSet, _ diagnosis: inout Diagnosis
    ) {
        let live = files(folder).filter { path in
            guard let time = modificationTime(of: path) else { return false }
            return time + signInLife > subject.context.now && isSignIn(path)
        }
        guard !live.isEmpty, subject.profile == nil else { return }
        let used = Set(
            profiles.profileNames.compactMap { name in
                let session = (try? profiles.profile(name)?.setting("login_session")) ?? nil
                return session.flatMap { fileName(of: $0.value) }
            })
        for path in live where !used.contains(lastPart(ofPath: path)) {
            diagnosis.add(
                Finding(
                    "sign_in_in_login_cache", .exposed, at: path,
                    "a sign-in from aws login is stored in plain text, and no profile uses it",
                    why: "every program you run can read it, and renew it for 12 hours",
                    .run("rm \(shellWord(path))")))
        }
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
        guard let text = text(path) else { return nil }
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

    private static func isSignIn(_ path: String) -> Bool {
        guard let text = text(path) else { return false }
        do throws(JSONError) { return try JSONObject(text).secret("refreshToken") != nil } catch { return false }
    }

    /// Lower-case hexadecimal SHA-256 of the session's name (AWS SDKs and Tools Reference Guide, "Login provider").
    private static func fileName(of session: String) -> String? {
        let name = Array(session.utf8)
        let digest = try? name.span.withUnsafeBytes { (bytes) throws(CryptoError) in try sha256(bytes) }
        return digest.map { hexadecimal($0) + ".json" }
    }

    private static func text(_ path: String) -> SecretBytes? {
        var text = SecretBytes(capacity: 4096)
        let isWhole = try? eachPiece(ofPlainFile: path, overlap: 0, limit: largest) { text.append($0) }
        guard isWhole == true else { return nil }
        return text
    }

    private static func files(_ folder: String) -> [String] {
        var names: [String] = []
        _ = try? anyName(inFolder: folder) { name in
            if name.ends(with: ".json") { names.append(name) }
            return names.count == mostFiles
        }
        return names.sorted().map { folder + "/" + $0 }
    }
}
