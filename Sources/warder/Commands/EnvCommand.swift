import ArgumentParser
import Delivering
import Failures
import Glibc
import Issuing
import Secrets
import Setup
import Shells
import Text

struct Env: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints statements that export a profile's credentials.",
        discussion: """
            examples:
              eval $(warder env prod)
              warder env --shell fish prod | source
              warder env --shell pwsh prod | Out-String | Invoke-Expression
              warder env --format dotenv prod > .env
              warder env --format github prod
              eval $(warder env --unset)

            If it fails it prints a statement that fails, so that the eval does too.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var code: CodeOptions
    @OptionGroup var narrowing: NarrowingOptions
    @Argument(help: "The profile.", completion: .custom(completeProfiles))
    var profile: String?
    @Option(help: "\(alternatives(Shell.allValueStrings)); the shell that runs warder, if not given.")
    var shell: Shell?
    @Option(
        help: ArgumentHelp(
            "\(alternatives(Format.allValueStrings)), in place of a shell's statements.",
            discussion: "github masks the values, and appends them to the file that GITHUB_ENV names."))
    var format: Format?
    @Flag(help: "Print statements that take the variables away again.")
    var unset = false

    func run() throws {
        if let format { return try write(format) }
        let shell = Shell.chosen(shell)
        do {
            if unset { try printOut(try unsetting(shell)) } else { try write(shell) }
        } catch {
            try? printOut(data: shell.failing)
            throw error
        }
    }

    /// What makes taking in the output fail, where the arguments cannot be read.
    static func failing(_ arguments: [String]) -> String {
        if arguments.contains(where: { $0 == "--format" || $0.begins(with: "--format=") }) { return "" }
        let given = arguments.indices.compactMap { index -> Substring? in
            if arguments[index].begins(with: "--shell=") { return arguments[index].dropFirst("--shell=".count) }
            return arguments[index] == "--shell" && index + 1 < arguments.count ? arguments[index + 1][...] : nil
        }
        return Shell.chosen(given.last.flatMap { Shell(named: String($0)) }).failing
    }

    private func write(_ shell: Shell) throws(Failure) {
        let profile = try givenProfile()
        let issuer = try issuer(common.context(), profile)
        var script = Script(shell)
        try Exports.write(try issuer.credentials(), of: profile, region: issuer.region, to: &script)
        try printOut(script.finish())
        if isatty(STDOUT_FILENO) == 1 {
            note("these are statements for your shell, secrets among them: \(shell.evaluating(shellWord(profile)))")
        }
    }

    private func write(_ format: Format) throws(Failure) {
        guard !unset else {
            try refuseProfile()
            throw Failure(.usage, "--unset needs a shell's syntax", hint: "leave --format out")
        }
        let profile = try givenProfile()
        let context = try common.context()
        // Before a session is made that has nowhere to go.
        let step: GitHubStep? = format.destination == .gitHubStep ? try GitHubStep(context.environment) : nil
        let issuer = try issuer(context, profile)
        let credentials = try issuer.credentials()
        var script = Script(format)
        try Exports.write(credentials, of: profile, region: issuer.region, to: &script)
        switch consume step {
        case .some(let step): try step.take(script.finish(), credentials)
        case .none: try printOut(script.finish())
        }
    }

    private func unsetting(_ shell: Shell) throws(Failure) -> SecretBytes {
        try refuseProfile()
        var script = Script(shell)
        for name in Exports.names { script.unset(name) }
        return script.finish()
    }

    private func givenProfile() throws(Failure) -> String {
        guard let profile else {
            throw Failure(.usage, "the profile is missing", hint: "warder env PROFILE, or warder env --unset")
        }
        return profile
    }

    private func refuseProfile() throws(Failure) {
        guard profile == nil else {
            throw Failure(
                .usage, "--unset takes no profile: the variables are the same for all", hint: "warder env --unset")
        }
    }

    private func issuer(_ context: Context, _ profile: String) throws(Failure) -> Issuer {
        try Issuer(context, profile: profile, code: code.mfaCode, narrowing: narrowing.wanted())
    }
}

/// A one-time code on the command line. It works once and not for long, so it is no secret worth hiding.
struct CodeOptions: ParsableArguments {
    @Option(name: .customLong("mfa-code"), help: "The six digits of the MFA device, if they are needed.")
    var mfaCode: String?
}
