import Chains
import Issuing
import JSON
import Linux
import Profiles
import Text

/// Sign-ins of `aws login`, which are stored in plain text: those that warder uses, or would if it could, and those that
/// are of no more use.
enum CLILogins: Check {
    /// In seconds: how long a sign-in can be renewed.
    private static let life: Int64 = 12 * 3600

    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard subject.home != nil, let profiles = try? subject.profiles.get(),
            let folder = CLILogin.folder(subject.context), fileExists(folder)
        else { return }
        let sessions = Sessions(profiles)
        if subject.profile == nil { unused(folder, sessions, subject, &diagnosis) }
        for (session, profile) in used(subject) {
            guard let login = CLILogin(of: session, subject.keys), fileExists(login.path) else { continue }
            judge(login, InUse(session: session, by: profile, sessions), subject, &diagnosis)
        }
    }

    // MARK: - Of no profile

    private static func unused(
        _ folder: String, _ sessions: Sessions, _ subject: Subject, _ diagnosis: inout Diagnosis
    ) {
        let live = cacheFiles(in: folder).filter { isLive($0, subject) }
        guard !live.isEmpty else { return }
        let used = Set(sessions.owners.keys.compactMap { CLILogin.path(of: $0, subject.context) })
        for path in live where !used.contains(path) {
            diagnosis.add(
                Finding(
                    "sign_in_in_login_cache", .exposed, at: path,
                    "a sign-in from aws login is stored in plain text, and no profile uses it", why: readable,
                    .run("rm \(shellWord(path))")))
        }
    }

    private static let readable = "every program you run can read it, and renew it for 12 hours"

    // MARK: - Of profiles that ask warder

    /// A session, and the profiles that have it.
    private struct InUse {
        /// The first profile whose credentials come of it.
        let profile: String
        /// The profile that signs in.
        let owner: String
        /// The AWS CLI and SDKs use it too.
        let isCLIs: Bool

        init(session: String, by profile: String, _ sessions: Sessions) {
            self.profile = profile
            owner = sessions.owners[session] ?? profile
            isCLIs = sessions.ofCLI.contains(session)
        }
    }

    /// The sessions that warder gives credentials from, each with the first profile that it does so for.
    private static func used(_ subject: Subject) -> [(session: String, profile: String)] {
        var seen: Set<String> = []
        return subject.names.compactMap { name in
            guard subject.profile != nil || subject.meant.concernsWarder(name),
                case .login(let login)? = (try? subject.chain(name))?.source,
                seen.insert(login.session.value).inserted
            else { return nil }
            return (login.session.value, name)
        }
    }

    private static func judge(
        _ login: CLILogin, _ use: InUse, _ subject: Subject, _ diagnosis: inout Diagnosis
    ) {
        let (path, isLive) = (login.path, isLive(login.path, subject))
        if login.own == .live, isLive, !use.isCLIs {
            return diagnosis.add(
                Finding(
                    "sign_in_in_login_cache", .exposed, at: path,
                    "a sign-in from aws login is stored in plain text, though warder has its own for \(use.owner)",
                    why: readable, .run("rm \(shellWord(path))")))
        }
        let access = FileAccess(at: path)
        let isExposed = isLive && access?.othersMayRead == true && othersReach(path)
        guard let fault = login.fault else {
            guard isLive, login.own != .live else { return }
            return diagnosis.add(
                Remark(
                    "cli_sign_in", at: path,
                    "the AWS CLI keeps the sign-in of \(use.owner) in plain text; "
                        + "warder login \(operand(use.owner)) makes one that is encrypted"))
        }
        // While warder has its own, it does not look at the file.
        guard isExposed || login.own == .absent || login.own == nil else { return }
        let refused = "warder refuses it, and gives no credentials for \(use.profile)"
        diagnosis.add(
            Finding(
                isExposed ? "readable_sign_in" : "unusable_sign_in", isExposed ? .exposed : .broken, at: path,
                isExposed ? "other users can read the sign-in of \(use.owner), which is in plain text" : fault.message,
                why: isExposed ? "anyone who reads it can use and renew it for 12 hours; warder refuses it" : refused,
                remedy(path, access)))
    }

    private static func remedy(_ path: String, _ access: FileAccess?) -> Remedy {
        let file = shellWord(path)
        guard let access else { return .run("rm \(file)") }
        guard access.isPlainFile else {
            return .run(access.isFolder ? "mv \(file) \(shellWord(path + ".folder"))" : "rm \(file)")
        }
        guard access.isOwn else { return .run(asRoot("chown \"$(id -un)\" \(file)")) }
        guard access.mode & 0o477 == 0o400 else { return .fix(.mode(path: path, to: 0o600)) }
        return .run("rm \(file)")
    }

    // MARK: - Both

    /// Which profiles have which sessions.
    private struct Sessions {
        /// The first profile of each session.
        private(set) var owners: [String: String] = [:]
        /// The sessions of profiles that the AWS CLI and SDKs can use.
        private(set) var ofCLI: Set<String> = []

        init(_ profiles: ProfileSet) {
            for name in profiles.profileNames {
                guard let profile = profiles.profile(name),
                    let session = ((try? profile.setting("login_session")) ?? nil)?.value
                else { continue }
                if owners[session] == nil { owners[session] = name }
                if ((try? profile.written("login_session")) ?? nil) != nil { ofCLI.insert(session) }
            }
        }
    }

    private static func isLive(_ path: String, _ subject: Subject) -> Bool {
        guard let time = modificationTime(of: resolved(path) ?? path), time + life > subject.context.now,
            let text = cacheText(path)
        else { return false }
        do throws(JSONError) { return try JSONObject(text).secret("refreshToken") != nil } catch { return false }
    }
}
