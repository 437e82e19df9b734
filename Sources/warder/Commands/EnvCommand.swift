import ArgumentParser
import Linux
import Secrets
import Shells

struct Env: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints statements that export a profile's credentials.",
        discussion: """
            examples:
              eval $(warder env prod)
              warder env --shell fish prod | source
              warder env --format dotenv prod > .env
              eval $(warder env --unset)

            If it fails it prints a statement that fails, so that the eval does too.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var code: CodeOptions
    @OptionGroup var narrowing: NarrowingOptions
    @Argument(help: "The profile.", completion: .custom(completeProfiles))
    var profile: String?
    @Option(help: "bash, zsh, sh or fish; the shell that runs warder, if not given.")
    var shell: ShellName?
    @Option(help: "dotenv or json, in place of a shell's statements.")
    var format: FormatName?
    @Flag(help: "Print statements that take the variables away again.")
    var unset = false

    enum ShellName: String, ExpressibleByArgument, CaseIterable { case bash, zsh, sh, fish }
    enum FormatName: String, ExpressibleByArgument, CaseIterable { case dotenv, json }

    func run() throws {
        let syntax = syntax
        do {
            try printOut(try unset ? unsetting(syntax) : exporting(syntax))
        } catch {
            try? printOut(Script.failing(syntax))
            throw error
        }
    }

    private var syntax: Syntax {
        switch (format, shell) {
        case (.dotenv, _): .dotenv
        case (.json, _): .json
        case (nil, .fish): .fish
        case (nil, .some): .posix
        case (nil, nil): parentProgram() == "fish" ? .fish : .posix
        }
    }

    private func exporting(_ syntax: Syntax) throws(Failure) -> SecretBytes {
        guard let profile else {
            throw Failure(.usage, "the profile is missing", hint: "warder env PROFILE, or warder env --unset")
        }
        let issuer = try Issuer(
            common.context(), profile: profile, code: code.mfaCode, narrowing: narrowing.wanted())
        let credentials = try issuer.credentials()
        var script = Script(syntax)
        for name in Exports.unset(credentials) { script.unset(name) }
        do throws(ShellError) {
            try Exports.forEach(credentials, profile: profile, region: issuer.region) {
                (name, value) throws(ShellError) in
                try script.export(name, value)
            }
        } catch { throw Failure(error) }
        return script.finish()
    }

    private func unsetting(_ syntax: Syntax) throws(Failure) -> SecretBytes {
        guard syntax == .posix || syntax == .fish else {
            throw Failure(.usage, "--unset needs a shell's syntax", hint: "leave --format out")
        }
        var script = Script(syntax)
        for name in Exports.names { script.unset(name) }
        return script.finish()
    }
}

/// A one-time code on the command line. It works once and not for long, so it is no secret worth hiding.
struct CodeOptions: ParsableArguments {
    @Option(name: .customLong("mfa-code"), help: "The six digits of the MFA device, if they are needed.")
    var mfaCode: String?
}
