import Arguments
import Failures
import Issuing
import JSON
import Linux
import Secrets
import Sessions
import Stores
import Text

struct Process: Command {
    static let name = "process"
    static var description: CommandDescription {
        CommandDescription(
            "Prints a profile's credentials as SDKs want them from a credential_process.",
            """
            In ~/.aws/config:
              [profile prod]
              credential_process = /usr/bin/warder process prod
            """,
            [Shared.profile, Shared.mfaCode] + Shared.narrowing + [Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        try answerProcess(
            profile: given[Shared.profile], code: given.mfaCode, noPrompt: given[Shared.noPrompt],
            narrowing: given.narrowing())
    }
}

struct Forget: Command {
    static let name = "forget"
    static let profile = OptionalOperand("profile", .profile, "The profile; all sessions and sign-ins without it.")
    static var description: CommandDescription {
        CommandDescription(
            "Drops cached sessions: a profile's, or all.",
            """
            A profile's MFA session goes with it. Without a profile, warder's own
            sign-ins go too: the next call of such a profile may need a browser.
            AWS still accepts a copy of a session until the session expires.

            examples:
              warder forget prod
              warder forget
            """,
            [profile, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        guard let profile = given[Self.profile] else {
            // Sessions that cannot be counted are deleted all the same.
            let counts = (try? Keys(context).counts()) ?? nil
            do throws(SessionCacheError) {
                let files = try SessionFolder(context.paths.sessions).forgetAll()
                return note("dropped \(Self.spoken(counts, files: files))")
            } catch { throw Failure(error) }
        }
        let count = try Issuer(context, profile: profile, code: nil).forget()
        note("dropped \(count) \(count == 1 ? "session" : "sessions") of \(profile)")
    }

    /// What was deleted; while locked, sessions and sign-ins look alike.
    private static func spoken(_ counts: SessionCounts?, files: Int) -> String {
        guard let counts else {
            let things = files == 1 ? "1 session or sign-in" : "\(files) sessions or sign-ins"
            return files == 0 ? "0 sessions" : things + " (locked, they look alike)"
        }
        let sessions = "\(counts.sessions) \(counts.sessions == 1 ? "session" : "sessions")"
        guard counts.signIns > 0 else { return sessions }
        return sessions + " and \(counts.signIns) \(counts.signIns == 1 ? "sign-in" : "sign-ins")"
    }
}

struct WhoAmI: Command {
    static let name = "whoami"
    static var description: CommandDescription {
        CommandDescription(
            "Asks AWS who a profile's credentials are (sts:GetCallerIdentity).",
            "example: warder whoami prod",
            [Shared.profile, Shared.json, Shared.mfaCode, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let issuer = try Issuer(given.context(), profile: given[Shared.profile], code: given.mfaCode)
        let identity = try issuer.sessionMaker.callerIdentity(issuer.unconfirmedCredentials())
        if given[Shared.json] {
            let object = JSONValue.object([
                ("account", .string(identity.account)), ("arn", .string(identity.arn)),
                ("user_id", .string(identity.userID)),
            ])
            try printOut(data: object.text() + "\n")
        } else {
            let (account, arn, user) = (identity.account, identity.arn, identity.userID)
            try printOut("account  \(account)\narn      \(arn)\nuser id  \(user)\n")
        }
    }
}
