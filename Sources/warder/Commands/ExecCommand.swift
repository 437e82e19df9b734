import ArgumentParser
import Linux
import Prompt
import Secrets

struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a command with a profile's credentials in its environment.",
        discussion: """
            warder becomes the command: signals, exit code and job control are the command's own.

            example: warder exec prod -- terraform apply
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var code: CodeOptions
    @OptionGroup var narrowing: NarrowingOptions
    @Option(name: .customLong("min-ttl"), help: "Renew a session that has less left than this: 30m, 2h.")
    var minimum: String?
    @Argument(help: "The profile.", completion: .custom(completeProfiles))
    var profile: String
    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func run() throws {
        guard !command.isEmpty else {
            throw Failure(.usage, "there is no command to run", hint: "warder exec \(profile) -- COMMAND")
        }
        let issuer = try Issuer(
            common.context(), profile: profile, code: code.mfaCode, lifetime: try lifetime(), strict: minimum != nil,
            narrowing: narrowing.wanted())
        let credentials = try issuer.credentials()
        var variables = VariableList()
        Exports.forEach(credentials, profile: profile, region: issuer.region) { name, value in
            variables.add(name, value)
        }
        var withheld = PassphraseSource.variables + Exports.shadowing + Exports.names
        if issuer.region == nil { withheld.removeAll { $0 == "AWS_REGION" || $0 == "AWS_DEFAULT_REGION" } }
        Start.hardening.lift()
        Start.pipeSignal.restore()
        let failure = become(command, withheld: withheld, adding: variables)
        throw Failure(
            .other, "\(command[0]) could not be run: \(failure.reason.lowercasedFirst)",
            hint: "check the command and PATH")
    }

    private func lifetime() throws(Failure) -> Int64 {
        guard let minimum else { return Issuer.renewalMargin }
        guard let time = seconds(ofDuration: minimum) else {
            throw Failure(.usage, "\(minimum) is not a length of time", hint: "write it as 30m or 2h")
        }
        return Int64(time)
    }
}
