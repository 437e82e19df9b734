import ArgumentParser
import Delivering
import Failures
import Glibc
import Issuing
import Linux
import Secrets
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
    @Option(help: "bash, zsh, sh, fish, nu or pwsh; the shell that runs warder, if not given.")
    var shell: ShellName?
    @Option(
        help: ArgumentHelp(
            "dotenv, json, systemd or github, in place of a shell's statements.",
            discussion: "github masks the values, and appends them to the file that GITHUB_ENV names."))
    var format: FormatName?
    @Flag(help: "Print statements that take the variables away again.")
    var unset = false

    enum FormatName: String, ExpressibleByArgument, CaseIterable {
        case dotenv, json, systemd, github

        var syntax: Syntax {
            switch self {
            case .dotenv: .dotenv
            case .json: .json
            case .systemd: .systemd
            case .github: .github
            }
        }
    }

    func run() throws {
        let syntax = format?.syntax ?? ShellName.syntax(shell)
        do {
            if unset { try printOut(try unsetting(syntax)) } else { try export(syntax) }
        } catch {
            try? printOut(data: Script.failing(syntax))
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
        return Script.failing(ShellName.syntax(given.last.flatMap { ShellName(rawValue: String($0)) }))
    }

    private func export(_ syntax: Syntax) throws(Failure) {
        guard let profile else {
            throw Failure(.usage, "the profile is missing", hint: "warder env PROFILE, or warder env --unset")
        }
        let context = try common.context()
        // Before anything is minted that nobody could take.
        let github: GitHubStep? = syntax == .github ? try GitHubStep(context.environment) : nil
        let issuer = try Issuer(context, profile: profile, code: code.mfaCode, narrowing: narrowing.wanted())
        let credentials = try issuer.credentials()
        var script = Script(syntax)
        for name in Exports.unset(credentials) { script.unset(name) }
        do throws(ShellError) {
            try Exports.forEach(credentials, profile: profile, region: issuer.region) {
                (name, value) throws(ShellError) in
                try script.export(name, value)
            }
        } catch { throw Failure(error) }
        switch consume github {
        case .some(let step): try step.take(script.finish(), credentials)
        case .none:
            try printOut(script.finish())
            if syntax.isShell, isatty(STDOUT_FILENO) == 1 {
                note("these are statements for your shell, secrets among them: \(syntax.evaluating(profile))")
            }
        }
    }

    private func unsetting(_ syntax: Syntax) throws(Failure) -> SecretBytes {
        guard profile == nil else {
            throw Failure(
                .usage, "--unset takes no profile: the variables are the same for all", hint: "warder env --unset")
        }
        guard syntax.isShell else {
            throw Failure(.usage, "--unset needs a shell's syntax", hint: "leave --format out")
        }
        var script = Script(syntax)
        for name in Exports.names { script.unset(name) }
        return script.finish()
    }
}

/// A shell, as users call it.
enum ShellName: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, sh, fish, nu, pwsh

    /// How to speak to the shell that was asked for, or else to the one that runs warder: not to `$SHELL`, which is
    /// the user's login shell.
    static func syntax(_ given: ShellName?) -> Syntax {
        switch given {
        case .bash, .zsh, .sh: return .posix
        case .fish: return .fish
        case .nu: return .nu
        case .pwsh: return .pwsh
        case nil: break
        }
        for program in parentPrograms() { if let syntax = Syntax(program: program) { return syntax } }
        return .posix
    }
}

extension Syntax {
    /// How a shell takes in what `env` prints.
    fileprivate func evaluating(_ profile: String) -> String {
        let command = "warder env \(shellWord(profile))"
        return switch self {
        case .fish: command + " | source"
        case .nu: "warder env --shell nu \(shellWord(profile)) | from json | load-env"
        case .pwsh: command + " | Out-String | Invoke-Expression"
        default: "eval $(\(command))"
        }
    }
}

/// A step of a workflow of GitHub Actions.
private struct GitHubStep: ~Copyable {
    private let file: AppendedFile

    init(_ environment: Environment) throws(Failure) {
        guard let path = environment.nonEmpty("GITHUB_ENV") else {
            throw Failure(
                .usage, "GITHUB_ENV is not set", hint: "use --format github in a step of GitHub Actions, or dotenv")
        }
        do throws(FileError) { file = try AppendedFile(path) } catch { throw Self.unusable(error) }
    }

    private static func unusable(_ error: FileError) -> Failure {
        switch error {
        case .link(let path):
            Failure(
                .damaged, "GITHUB_ENV \(path) is a symbolic link, and would take credentials to somewhere else",
                hint: "set GITHUB_ENV to the file itself: $(realpath \"$GITHUB_ENV\")")
        case .notAFile(let path):
            Failure(
                .damaged, "GITHUB_ENV \(path) is not a plain file",
                hint: "leave it as the runner sets it; for a pipe or a terminal use --format dotenv")
        default: Failure(error, "GITHUB_ENV")
        }
    }

    /// Makes the log hide what is secret, then hands the variables to the steps that follow.
    borrowing func take(_ lines: borrowing SecretBytes, _ credentials: borrowing Credentials) throws(Failure) {
        var masks = SecretBytes(capacity: 4096)
        var identifier = SecretBytes(capacity: credentials.accessKeyID.utf8.count)
        identifier.append(credentials.accessKeyID)
        masks.appendGitHubMask(identifier)
        masks.appendGitHubMask(credentials.secret)
        switch credentials.sessionToken {
        case .some(let token): masks.appendGitHubMask(token)
        case .none: break
        }
        try printOut(masks)
        do throws(FileError) { try file.append(lines: lines) } catch { throw Self.unusable(error) }
    }
}

/// A one-time code on the command line. It works once and not for long, so it is no secret worth hiding.
struct CodeOptions: ParsableArguments {
    @Option(name: .customLong("mfa-code"), help: "The six digits of the MFA device, if they are needed.")
    var mfaCode: String?
}
