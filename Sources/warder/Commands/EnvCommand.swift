import Arguments
import Delivering
import Failures
import Glibc
import Issuing
import Secrets
import Setup
import Shells
import Text

struct Env: EvaluatedCommand {
    static let name = "env"
    static let profile = OptionalOperand("profile", .profile, "The profile.")
    static let shell = Option(
        "shell", .words(Shell.all.map(\.name)),
        "\(alternatives(Shell.all.map(\.name))); the shell that runs warder, if not given.")
    static let format = Option(
        "format", .words(Format.all.map(\.name)),
        "\(alternatives(Format.all.map(\.name))), in place of a shell's statements.",
        details: "github masks the values, and appends them to the file that GITHUB_ENV names.")
    static let unset = Flag("unset", "Print statements that unset the variables.")
    static var description: CommandDescription {
        CommandDescription(
            "Prints statements that export a profile's credentials.",
            """
            examples:
              eval $(warder env prod)
              warder env --shell fish prod | source
              warder env --shell pwsh prod | Out-String | Invoke-Expression
              warder env --format dotenv prod > .env
              warder env --format github prod
              eval $(warder env --unset)

            If it fails it prints a statement that fails, so that the eval does too.
            """,
            [profile, shell, format, unset, Shared.mfaCode] + Shared.narrowing + [Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        if let format = given[Self.format].flatMap(Format.init(named:)) { return try write(format) }
        let shell = Shell.chosen(given[Self.shell])
        do {
            if given[Self.unset] { try printOut(try unsetting(shell)) } else { try write(shell) }
        } catch {
            try? printOut(data: shell.failing)
            throw error
        }
    }

    /// What makes the evaluation of the output fail if the arguments cannot be used.
    static func failing(_ given: Given) -> String {
        given.mentions(Self.format) ? "" : Shell.chosen(given[Self.shell]).failing
    }

    private func write(_ shell: Shell) throws(Failure) {
        let profile = try givenProfile()
        let issuer = try issuer(given.context(), profile)
        var script = Script(shell)
        try Exports.write(try issuer.credentials(), of: profile, region: issuer.region, to: &script)
        try printOut(script.finish())
        if isatty(STDOUT_FILENO) == 1 {
            note("these are statements for your shell, secrets among them: \(shell.evaluating(shellWord(profile)))")
        }
    }

    private func write(_ format: Format) throws(Failure) {
        guard !given[Self.unset] else {
            try refuseProfile()
            throw Failure(.usage, "--unset needs a shell's syntax", hint: "leave --format out")
        }
        let profile = try givenProfile()
        let context = try given.context()
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
        guard let profile = given[Self.profile] else {
            throw Failure(.usage, "the profile is missing", hint: "warder env PROFILE, or warder env --unset")
        }
        return profile
    }

    private func refuseProfile() throws(Failure) {
        guard given[Self.profile] == nil else {
            throw Failure(
                .usage, "--unset takes no profile: the variables are the same for all", hint: "warder env --unset")
        }
    }

    private func issuer(_ context: Context, _ profile: String) throws(Failure) -> Issuer {
        try Issuer(context, profile: profile, code: given.mfaCode, narrowing: given.narrowing(), givenOutBy: Self.name)
    }
}
