import ArgumentParser
import Failures
import Glibc
import Linux
import Prompt
import Setup
import Text

/// The entry point.
@main
enum Start {
    static func main() {
        // Before any file is opened, because it could get one of these descriptors.
        occupyStandardDescriptors()
        _ = StartConditions.hardening
        _ = StartConditions.signals
        PassphraseSource.keepDescriptorsFromChildren(.process)
        let arguments = CommandLine.arguments
        guard !arguments.isEmpty else {
            // Swift reads the arguments from /proc; without it, every command line would look empty.
            let failure = Failure(.other, "the arguments cannot be read: /proc is not mounted", hint: "mount /proc")
            failure.show(on: StandardStreams())
            exit(ExitCode.other.rawValue)
        }
        exit(run(Array(arguments.dropFirst())).rawValue)
    }

    private static func run(_ arguments: [String]) -> Failures.ExitCode {
        do throws(Failure) {
            // The main job bypasses ArgumentParser, which costs as much as all the rest.
            if let request = ProcessRequest(arguments) {
                try answerProcess(profile: request.profile, code: request.code, noPrompt: request.noPrompt)
            } else if let request = try NamesRequest(arguments) {
                try request.answer()
            } else {
                try runCommand(arguments)
            }
            return .done
        } catch {
            if error.cause != .saidAlready { error.show(on: StandardStreams()) }
            return error.code
        }
    }

    private static func runCommand(_ arguments: [String]) throws(Failure) {
        do {
            var words = arguments
            if arguments.first == "exec" {
                try ExecWords.refuseCommandAlone(Array(arguments.dropFirst()))
                words = ["exec"] + (try ExecWords.ordered(Array(arguments.dropFirst())))
            }
            var command = try Warder.parseAsRoot(words)
            try command.run()
        } catch let failure as Failure {
            throw failure
        } catch {
            let text = Warder.fullMessage(for: error)
            guard Warder.exitCode(for: error) != .success else { return try printOut(data: text + "\n") }
            // Output for a shell to evaluate must fail there too, even if the arguments cannot be read.
            if arguments.first == "env" || arguments.first == "use" { try? printOut(data: Env.failing(arguments)) }
            throw Failure(unusable: arguments, Warder.message(for: error)) {
                (try? ProfileLoading(Context(noPrompt: true)).profiles().profileNames) ?? []
            }
        }
    }
}

/// `process` as SDKs call it, recognized without the parser.
struct ProcessRequest {
    let profile: String
    var code: String?
    var noPrompt = false

    /// Nil for any other command, and for a `process` that needs the parser.
    init?(_ arguments: [String]) {
        guard arguments.first == "process" else { return nil }
        var profile: String?
        var index = 1
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--no-prompt" {
                noPrompt = true
            } else if argument == "--mfa-code", index + 1 < arguments.count {
                index += 1
                code = arguments[index]
            } else if argument.utf8.first != UInt8(ascii: "-"), profile == nil {
                profile = argument
            } else {
                return nil
            }
            index += 1
        }
        guard let profile else { return nil }
        self.profile = profile
    }
}
