import Chains
import Crypto
import Failures
import Issuing
import Linux
import Prompt
import Secrets
import Serving
import Setup
import Text

/// Starts the server for the command that this process becomes.
package struct ServerStart {
    /// The timeout for the server to report that it is ready, in milliseconds.
    private static let timeout: Int64 = 15_000

    private let context: Context
    private let request: RenewalRequest

    /// Whether renewals use the credentials that are in the environment now, or run a command that may.
    let usesEnvironment: Bool

    /// - Parameter issuer: the issuer of the credentials to renew.
    package init(_ context: Context, request: RenewalRequest, _ issuer: Issuer) {
        self.context = context
        self.request = request
        usesEnvironment =
            issuer.sessionMaker.source.readsEnvironment || issuer.chain.mfaProcess != nil
            || context.environment.nonEmpty("WARDER_PASSPHRASE_COMMAND") != nil
    }

    /// Variables that the server does not get: those that name descriptors, which it does not inherit, and secrets that
    /// no renewal needs.
    private var withheld: [String] {
        let names = PassphraseSource.variables.filter { $0.ends(with: "_FD") || $0.begins(with: "WARDER_NEW_") }
        return usesEnvironment ? names : names + Exports.secret
    }

    /// Starts the server and adds the variables by which SDKs find it.
    ///
    /// The token, the pass and the first credentials go through a pipe, because other processes can see arguments and
    /// environments.
    package func start(
        _ grant: borrowing ServedCredentials, _ pass: RenewalToken, for variables: inout VariableList
    ) throws(Failure) {
        let socket: ListeningSocket
        do throws(ServingError) { socket = try ListeningSocket() } catch { throw Failure(error) }
        let token: SecretBytes
        do throws(CryptoError) {
            let random = try context.random.secret(32)
            token = random.withUnsafeBytes { SecretBytes(base64URL: $0) }
        } catch { throw Failure(error) }
        var given = token.copy()
        given.append(UInt8(ascii: "\n"))
        given.append(pass.line)
        grant.write(to: &given)
        do throws(SystemError) { try start(socket.number, given) } catch { throw Self.failure(error) }
        variables.add(Exports.endpointURI, "http://127.0.0.1:\(socket.port)\(servedPath)")
        variables.add(Exports.endpointToken, token)
    }

    private func start(_ socket: Int32, _ given: borrowing SecretBytes) throws(SystemError) {
        let life = try processDescriptor()
        let (input, ready) = (try PipeEnds(), try PipeEnds())
        let nothing = try Descriptor(opening: "/dev/null", 2)
        try input.write(given)
        try startDetached(
            request.serving,
            descriptors: [input.reading.number, ready.writingNumber, nothing.number, socket, life.number],
            withheld: withheld)
        ready.close()
        let answer = try ready.reading.readToEnd(limit: 16, until: .after(milliseconds: Self.timeout))
        guard let answer, !answer.isEmpty else { throw SystemError(call: "serve", path: "", code: 0) }
    }

    private static func failure(_ error: SystemError) -> Failure {
        switch error.call {
        case "serve":
            Failure(.other, "the server of the credentials did not start", hint: "try without --serve")
        case "pidfd_open":
            Failure(
                .other, "the kernel does not tell when a process ends: \(error.reason.lowercasedFirst)",
                hint: "--serve needs Linux 5.3 or newer; try without")
        default:
            Failure(
                .other, "the server of the credentials could not be started: \(error.reason.lowercasedFirst)",
                hint: "try without --serve")
        }
    }
}
