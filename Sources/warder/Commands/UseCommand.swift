import Arguments
import Delivering
import Explaining
import Failures
import Glibc
import Issuing
import Linux
import Profiles
import Secrets
import Sessions
import Setup
import Shells
import Text
import Times

struct Use: EvaluatedCommand {
    static let name = "use"
    static let keys = Flag("keys", "Export the credentials themselves.")
    static let readOnly = Flag("read-only", "Narrow the role to AWS's ReadOnlyAccess policy; means --keys.")
    static let shell = Option(
        "shell", .words(Shell.all.map(\.name)), "The shell whose statements are printed; the hook gives it.")
    static var description: CommandDescription {
        CommandDescription(
            "Works with a profile in this shell, until warder drop; needs the shell's hook.",
            """
            No secret is exported: AWS_PROFILE is, with the region and the end of the
            session, and SDKs ask warder by the profile's credential_process.
            With --keys the credentials themselves are, for programs that read no profile.

            In the shell's start-up file:
              eval "$(warder hook bash)"

            examples:
              warder use prod
              warder use --keys prod
              warder drop
            """,
            [Shared.profile, keys, readOnly, Shared.mfaCode, shell, Shared.noPrompt])
    }

    let given: Given
    private var profile: String { given[Shared.profile] }

    func run() throws {
        guard given[Self.shell] != nil || isatty(STDOUT_FILENO) == 0 else { throw Failure.hookNeeded(by: "use") }
        let shell = Shell.chosen(given[Self.shell])
        do {
            try printOut(try script(shell))
        } catch {
            try? printOut(data: shell.failing)
            throw error
        }
    }

    static func failing(_ given: Given) -> String { Shell.chosen(given[shell]).failing }

    private func script(_ shell: Shell) throws(Failure) -> SecretBytes {
        let context = try given.context()
        let readOnly = given[Self.readOnly]
        let isWithKeys = given[Self.keys] || readOnly
        if !isWithKeys { try refuseUnlessAsked(context) }
        let issuer = try Issuer(
            context, profile: profile, code: given.mfaCode, narrowing: readOnly ? .readOnly : .none,
            givenOutBy: isWithKeys ? Self.name : nil)
        let credentials = try issuer.credentials()
        var script = Script(shell)
        if isWithKeys {
            try Exports.write(credentials, of: profile, region: issuer.region, to: &script)
        } else {
            do throws(ShellError) {
                try Self.point(&script, to: profile, region: issuer.region, end: credentials.expiration)
            } catch { throw Failure(error) }
        }
        return script.finish()
    }

    /// Exports what makes SDKs ask for `profile`, and takes away what they would prefer to it.
    private static func point(
        _ script: inout Script, to profile: String, region: String?, end: Int64?
    ) throws(ShellError) {
        for name in Exports.names + Exports.shadowing where name.ends(with: "KEY") || name.ends(with: "KEY_ID") {
            script.unset(name)
        }
        for name in ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_DEFAULT_PROFILE", "AWS_VAULT"] {
            script.unset(name)
        }
        try script.export("AWS_PROFILE", profile)
        if let region {
            try script.export("AWS_REGION", region)
            try script.export("AWS_DEFAULT_REGION", region)
        }
        if let end {
            try script.export("AWS_CREDENTIAL_EXPIRATION", UnixTime(end).iso8601)
        } else {
            script.unset("AWS_CREDENTIAL_EXPIRATION")
        }
        try script.export("WARDER_PROFILE", profile)
    }

    /// Refuses a profile for which not all SDKs would ask warder. What chooses another profile, or puts a key before it, is
    /// set anew or taken away; another warder serves as well; and what stands twice is told by botocore itself.
    private func refuseUnlessAsked(_ context: Context) throws(Failure) {
        let profiles = try ProfileLoading(context).profiles()
        let verdict = try SDKVerdict(context, profiles, profile: profile)
        let obstacle = verdict.obstacles.first { obstacle in
            switch obstacle {
            case .environmentKey, .anotherIsChosen, .anotherWarder, .notAbsolute, .relativeFile, .repetition: false
            default: true
            }
        }
        guard let obstacle else { return }
        if obstacle == .noProfile {
            throw Failure(
                profiles.passedOver(profile).map { .passedOver(profile: profile, $0) } ?? .noSuchProfile(profile)
            ).lookedIn(context)
        }
        let place = obstacle.origin.map { $0.place + ": " } ?? ""
        throw Failure(
            .badConfig, "not all SDKs would ask warder for \(profile): \(place)\(verdict.what(obstacle))",
            hint: verdict.remedy(obstacle) + ", or export its keys: warder use --keys \(shellWord(profile))")
    }
}

/// Only the hook can do it, and stands before this; without it, it is said what is missing.
struct Drop: Command {
    static let name = "drop"
    static let all = Flag("all", "Take back all that was used, not only the last.")
    static var description: CommandDescription {
        CommandDescription(
            "Restores the variables that use set; needs the shell's hook.",
            "example: warder drop",
            [all])
    }

    let given: Given

    func run() throws { throw Failure.hookNeeded(by: "drop") }
}

extension Failure {
    /// A program cannot change its shell's variables: the shell must evaluate what it prints.
    fileprivate static func hookNeeded(by command: String) -> Failure {
        let hook = HookedShell.ofParent?.hook ?? Shell.bash.hook
        let load = hook?.startUpLine ?? "see warder hook --help"
        return Failure(
            .usage, "warder \(command) changes this shell's variables, for which the shell's hook must be loaded",
            hint: "put this into the shell's start-up file: \(load)")
    }
}

struct Renew: Command {
    static let name = "renew"
    static let shell = Option("shell", .words(Shell.all.map(\.name)), "The shell whose hook asks.")
    static let readOnly = Flag("read-only", "", isHidden: true)
    static var description: CommandDescription {
        CommandDescription(
            "Renews a profile's session without asking anybody; prints when it ends.",
            "",
            [Shared.profile, shell, readOnly],
            isHidden: true)
    }

    let given: Given

    /// Seconds. The hooks ask once less than ten minutes are left, for something that ends later.
    private static let hookMargin: Int64 = 11 * 60

    func run() throws {
        let profile = given[Shared.profile]
        let issuer = try Issuer(
            Context(noPrompt: true), profile: profile, code: nil, freshness: .longer(Self.hookMargin), strict: true,
            narrowing: given[Self.readOnly] ? .readOnly : .none)
        guard let end = try issuer.unconfirmedCredentials().expiration else {
            throw Failure(.other, "\(profile) has no session that ends", hint: "there is nothing to renew")
        }
        try printOut(data: UnixTime(end).iso8601 + "\n")
    }
}
