import ArgumentParser
import Failures
import Issuing
import JSON
import Linux
import Secrets
import Sessions
import Stores
import Text

struct Process: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a profile's credentials as SDKs want them from a credential_process.",
        discussion: """
            In ~/.aws/config:
              [profile prod]
              credential_process = /usr/bin/warder process prod
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var code: CodeOptions
    @OptionGroup var narrowing: NarrowingOptions
    @Argument(help: "The profile.", completion: .custom(completeProfiles))
    var profile: String

    func run() throws {
        try answerProcess(
            profile: profile, code: code.mfaCode, noPrompt: common.noPrompt, narrowing: narrowing.wanted())
    }
}

struct Forget: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drops cached sessions: a profile's, or all.",
        discussion: """
            A profile's MFA session goes with it. Without a profile, sign-ins of IAM
            Identity Center go too: the next call of such a profile needs a browser.
            AWS goes on honouring a session that somebody has copied.

            examples:
              warder forget prod
              warder forget
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The profile; all sessions and sign-ins without it.", completion: .custom(completeProfiles))
    var profile: String?

    func run() throws {
        let context = try common.context()
        guard let profile else {
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
            return files == 0 ? "0 sessions" : things + " of IAM Identity Center (locked, they look alike)"
        }
        let sessions = "\(counts.sessions) \(counts.sessions == 1 ? "session" : "sessions")"
        guard counts.signIns > 0 else { return sessions }
        return sessions
            + " and \(counts.signIns) \(counts.signIns == 1 ? "sign-in" : "sign-ins") of IAM Identity Center"
    }
}

struct WhoAmI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Asks AWS who a profile's credentials are (sts:GetCallerIdentity).",
        discussion: "example: warder whoami prod")

    @OptionGroup var common: CommonOptions
    @OptionGroup var code: CodeOptions
    @Flag(help: "Print JSON.")
    var json = false
    @Argument(help: "The profile.", completion: .custom(completeProfiles))
    var profile: String

    func run() throws {
        let issuer = try Issuer(common.context(), profile: profile, code: code.mfaCode)
        let identity = try issuer.sessionMaker.callerIdentity(issuer.unconfirmedCredentials())
        if json {
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
