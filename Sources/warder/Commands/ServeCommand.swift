import Arguments
import Delivering
import Failures
import Glibc
import Issuing
import Linux
import Secrets
import Serving
import Sessions
import Setup
import Text

/// The server of one `warder exec --serve`, which alone starts it.
///
/// Its descriptors: 0 supplies the token, the pass of its renewals and the first credentials; 1 is closed once it
/// serves; 3 is the listening socket; 4 is the process that it serves (pidfd_open(2)). It exits when that process does.
struct Serve: Command {
    static let name = RenewalRequest.serveCommand
    static var description: CommandDescription {
        CommandDescription(
            "Serves credentials to a command of warder exec.",
            "",
            RenewalOptions.all,
            isHidden: true)
    }

    let given: Given

    /// The descriptors that it inherits.
    private enum Position { static let (socket, life): (Int32, Int32) = (3, 4) }

    func run() throws {
        _ = fcntl(Position.life, F_SETFD, FD_CLOEXEC)
        let life = Descriptor(owning: Position.life, path: "pidfd")
        let text = try whatIsGiven()
        guard let lineEnd = text.lineEnd(from: 0), let passEnd = text.lineEnd(from: lineEnd + 1),
            let pass = RenewalToken(text.copy(lineEnd + 1..<passEnd)),
            let grant = ServedCredentials(text.copy(passEnd + 1..<text.count))
        else { throw Self.stranger }
        let context = try given.context()
        let supply = RenewingCredentials(
            grant, renewedBy: try RenewalOptions.request(given), pass, in: leaveFolder(), .system)
        let server: CredentialServer
        do throws(ServingError) {
            let socket = try ListeningSocket(inheriting: Descriptor(owning: Position.socket, path: "127.0.0.1"))
            server = CredentialServer(
                socket, token: text.copy(0..<lineEnd),
                supply: LoggedSupply(
                    supply, context, profile: given[Shared.profile], process: processOfDescriptor(life.number)))
        } catch { throw Failure(error) }
        signalReady()
        do throws(ServingError) { try server.run(while: life) } catch { throw Failure(error) }
    }

    /// Changes to the root folder, so that the server does not keep a file system busy while the command runs. Returns
    /// the previous folder.
    private func leaveFolder() -> String? {
        guard let folder = getcwd(nil, 0) else { return nil }
        defer { free(folder) }
        return chdir("/") == 0 ? String(cString: folder) : nil
    }

    /// Tells the command that it may begin, and closes the pipes.
    private func signalReady() {
        var byte = UInt8(ascii: "\n")
        write(STDOUT_FILENO, &byte, 1)
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        for number in [STDIN_FILENO, STDOUT_FILENO] { dup2(nothing, number) }
        close(nothing)
    }

    fileprivate static var stranger: Failure {
        Failure(.usage, "serve is started by warder exec --serve alone", hint: "warder exec --serve PROFILE -- COMMAND")
    }
}

/// Reads the pipe that either of the two is started with.
private func whatIsGiven() throws(Failure) -> SecretBytes {
    var info = stat()
    guard fstat(STDIN_FILENO, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { throw Serve.stranger }
    let input = Descriptor(owning: dup(STDIN_FILENO), path: "standard input")
    do throws(SystemError) {
        if let text = try input.readToEnd(limit: 64 * 1024, until: .after(milliseconds: 10_000)) { return text }
    } catch {}
    throw Serve.stranger
}

/// One renewal for such a server.
struct RenewServed: Command {
    static let name = RenewalRequest.renewalCommand
    static let folder = Option("folder", .folder, "", isHidden: true)
    static var description: CommandDescription {
        CommandDescription(
            "Renews credentials for a server of warder exec.",
            "",
            [folder] + RenewalOptions.all,
            isHidden: true)
    }

    let given: Given

    func run() throws {
        let text = try whatIsGiven()
        guard text.lineEnd(from: 0) == text.count - 1, let pass = RenewalToken(text.copy(0..<text.count - 1)) else {
            throw Serve.stranger
        }
        // If the folder is gone, it may not be needed either.
        if let folder = given[Self.folder] { _ = chdir(folder) }
        do throws(Failure) {
            let request = try RenewalOptions.request(given)
            let context = try Context(noPrompt: !request.mayPrompt, isHelper: true)
            let issuer = try Issuer(
                context, profile: request.profile, code: nil, freshness: request.freshness,
                narrowing: request.narrowing)
            try refuseUnlessAllowed(pass, request, issuer)
            let grant = try ServedCredentials(
                try issuer.unconfirmedCredentials(), profile: request.profile, freshness: request.freshness,
                now: context.now)
            var text = SecretBytes(capacity: 4096)
            grant.write(to: &text)
            try printOut(text)
        } catch {
            // The server reports the failure only to clients that ask it.
            try printOut("\(error.message); \(error.hint)\n")
            throw Failure.saidAlready(error.code)
        }
    }

    /// The confirmation that the user gave to `exec --serve` covers its renewals and nothing else. If no confirmation
    /// is required, there is nothing to prove: with a home whose session-cache key no other process can have, no valid
    /// pass can be made.
    private func refuseUnlessAllowed(
        _ pass: RenewalToken, _ request: RenewalRequest, _ issuer: Issuer
    ) throws(Failure) {
        guard issuer.chain.confirmation.isWanted else { return }
        guard try pass.isGood(for: request, issuer.keys.sessions()) else {
            throw Failure(
                .promptNeeded, "the use of \(request.profile) was not allowed to this server",
                hint: "run warder exec --serve again, and say yes")
        }
    }
}

/// The options of both commands.
private enum RenewalOptions {
    static let margin = Option("margin", .number(0...Int64.max), "", isHidden: true)
    static var all: [any Described] { [Shared.profile, margin] + Shared.narrowing + [Shared.noPrompt] }

    static func request(_ given: Given) throws(Failure) -> RenewalRequest {
        RenewalRequest(
            profile: given[Shared.profile], margin: given[margin].flatMap { Int64($0) } ?? Freshness.ordinaryMargin,
            mayPrompt: !given[Shared.noPrompt], narrowing: try given.narrowing())
    }
}
