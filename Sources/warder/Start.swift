import Arguments
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

    private static func run(_ arguments: [String]) -> ExitCode {
        do {
            try answer(ParsedLine(arguments, of: Warder.self))
            return .done
        } catch let failure as Failure {
            if failure.cause != .saidAlready { failure.show(on: StandardStreams()) }
            return failure.code
        } catch {
            Failure(.other, "\(error)", hint: "this is a bug of warder's: please report it").show(on: StandardStreams())
            return .other
        }
    }

    private static func answer(_ line: ParsedLine) throws {
        switch line.wish {
        case .help: return try printOut(data: help(line.path))
        case .version: return try printOut(data: "warder " + Version.inFull + "\n")
        case .run: break
        }
        guard let problem = line.problem else { return try line.command.init(given: line.given).run() }
        // Output for a shell to evaluate must fail there too.
        if let command = line.command as? any EvaluatedCommand.Type { try? printOut(data: command.failing(line.given)) }
        throw Failure(problem, in: line) {
            (try? ProfileLoading(Context(noPrompt: true)).profiles().profileNames) ?? []
        }
    }
}

/// A command whose output a shell evaluates.
protocol EvaluatedCommand: Command {
    /// What makes the evaluation fail.
    static func failing(_ given: Given) -> String
}

extension Failure {
    /// The command line cannot be used.
    init(_ problem: UsageError, in line: ParsedLine, profiles: () -> [String]) {
        let commands = line.command.description.commands.filter { !$0.description.isHidden }.map { $0.name }
        self.init(problem, of: line.names, commands: commands, profiles: profiles)
    }
}
