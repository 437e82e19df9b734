import Arguments
import Chains
import Delivering
import Failures
import Glibc
import Issuing
import Linux
import Prompt
import Secrets
import Serving
import Sessions
import Setup
import Text
import Times

struct Exec: Command {
    static let name = "exec"
    static let profile = Operand("profile", .profile, "The profile.")
    static let command = ProgramWords("command", "The command and its arguments.")
    static let serve = Flag("serve", "Serve credentials that renew themselves, in place of keys in the environment.")
    static var description: CommandDescription {
        CommandDescription(
            "Runs a command with a profile's credentials in its environment.",
            """
            warder becomes the command: signals, exit code and job control are the
            command's own. Without a command it is your shell, as $SHELL says.

            --serve is for what runs longer than a session lasts: no keys, but an
            address on this host where SDKs fetch them anew, as in a container.

            examples:
              warder exec prod -- terraform apply
              warder exec --serve prod -- ./nightly-copy

            exit codes: those of the command; 126 if it cannot be run, 127 if it is
            not there; before that, warder's own
            """,
            [profile, command, serve, MinimumTime.option, Shared.mfaCode] + Shared.narrowing + [Shared.noPrompt])
    }

    let given: Given
    private var profile: String { given[Self.profile] }

    func run() throws {
        let context = try given.context()
        try refuseCommandAlone(context)
        let minimum = try MinimumTime(given)
        if let minimum { try context.policy().refuse(sessionsLasting: minimum.seconds) }
        let issuer = try Issuer(
            context, profile: profile, code: given.mfaCode, freshness: minimum.freshness, strict: minimum != nil,
            narrowing: given.narrowing(), givenOutBy: Self.name)
        let outer = context.environment.nonEmpty("WARDER_PROFILE")
        if let outer { try refuseCredentials(of: outer, issuer) }
        let credentials = try issuer.credentials()
        try minimum?.refuseShort(
            credentials, of: issuer.chain, instead: "leave --min-ttl out: --serve renews as it goes")
        var variables = VariableList()
        var withheld = PassphraseSource.variables + Exports.shadowing + Exports.names
        if issuer.region == nil { withheld.removeAll { $0 == "AWS_REGION" || $0 == "AWS_DEFAULT_REGION" } }
        if given[Self.serve] {
            withheld += Exports.beforeEndpoint
            try addEndpoint(credentials, context, issuer, minimum, to: &variables)
        } else {
            if servesEndpoint(context.environment) { withheld += [Exports.endpointURI, Exports.endpointToken] }
            Exports.forEach(credentials, profile: profile, region: issuer.region) { name, value in
                variables.add(name, value)
            }
        }
        if let outer, isatty(STDERR_FILENO) == 1 { note("\(profile) inside \(outer)") }
        let command = given[Self.command]
        let words = command.isEmpty ? [context.environment.nonEmpty("SHELL") ?? "/bin/sh"] : command
        StartConditions.hardening.lift()
        for signal in StartConditions.signals { signal.restore() }
        throw notRun(replaceProcess(words, withheld: withheld, adding: variables))
    }

    /// Adds the endpoint that serves the credentials, instead of the credentials themselves.
    private func addEndpoint(
        _ credentials: borrowing Credentials, _ context: Context, _ issuer: Issuer, _ minimum: MinimumTime?,
        to variables: inout VariableList
    ) throws(Failure) {
        let narrowing = try given.narrowing()
        let isNarrowed = if case .none = narrowing { false } else { true }
        let profiles = try ProfileLoading(context).profiles()
        let shield = try Shadowing(profiles: profiles, profile: profile, isNarrowed: isNarrowed).shield()
        let request = RenewalRequest(
            profile: profile, margin: max(minimum?.seconds ?? 0, Freshness.ordinaryMargin),
            mayPrompt: context.mayPrompt, narrowing: narrowing)
        let grant = try ServedCredentials(credentials, profile: profile, freshness: request.freshness, now: context.now)
        // The store need not be opened if the profile requires no confirmation.
        let pass =
            issuer.chain.confirmation.isWanted ? try RenewalToken(for: request, issuer.keys.sessions()) : .blank
        try ServerStart(context, request: request, issuer).start(grant, pass, for: &variables)
        if let shield { variables.add("AWS_PROFILE", shield) }
        if let region = issuer.region {
            for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] { variables.add(name, region) }
        }
        variables.add("WARDER_PROFILE", profile)
    }

    // MARK: - Checks

    /// Rejects a command after `--` without a profile before it: the command's name is not a profile, and looking for
    /// it in the store would require opening the store.
    private func refuseCommandAlone(_ context: Context) throws(Failure) {
        guard given.operandsBeforeTerminator == 0, Self.isCommand(profile, context.environment) else { return }
        guard (try? ProfileLoading(context).profiles().profile(profile) == nil) == true else { return }
        let line = ([profile] + given[Self.command]).prefix(8).map(shellWord).joined(separator: " ")
        throw Failure(.usage, "no profile is named before --", hint: "warder exec PROFILE -- \(line)")
    }

    private static func isCommand(_ word: String, _ environment: Environment) -> Bool {
        if word.utf8.contains(UInt8(ascii: "/")) { return isProgram(word) }
        return programPath(word, searchPath: environment["PATH"]) != nil
    }

    /// If a profile's source is the environment, that means the credentials from before, not those that an outer `exec`
    /// put in their place.
    private func refuseCredentials(of outer: String, _ issuer: Issuer) throws(Failure) {
        guard let origin = issuer.sessionMaker.source.environmentOrigin else { return }
        throw Failure(
            .badConfig,
            "\(origin.place): \(profile) begins with the credentials of the environment, which are those of \(outer)",
            hint: "leave that shell first or, if they are meant, unset WARDER_PROFILE", origin: origin.place)
    }

    /// The endpoint in the environment is that of an outer `exec --serve` and serves another profile.
    private func servesEndpoint(_ environment: Environment) -> Bool {
        environment[Exports.endpointURI]?.ends(with: servedPath) == true
    }

    private func notRun(_ failure: SystemError) -> Failure {
        Failure(
            failure.code == ENOENT ? .noSuchCommand : .notRunnable,
            "\(failure.path.isEmpty ? "an empty name" : failure.path) could not be run: \(failure.reason.lowercasedFirst)",
            hint: "check the command and PATH")
    }
}
