import ArgumentParser
import Glibc
import Linux
import Prompt

/// The way in.
@main
enum Start {
    /// In force before anything else runs.
    static let hardening = Hardening()

    /// What SIGPIPE did when warder was started. It is ignored from then on: a reader or a server that has gone must show
    /// as a failed write, not as a death. A program that warder becomes gets it back.
    static let pipeSignal = IgnoredSignal(SIGPIPE)

    static func main() {
        _ = hardening
        _ = pipeSignal
        PassphraseSource.keepDescriptorsFromChildren(.process)
        let arguments = CommandLine.arguments
        guard !arguments.isEmpty else {
            // Swift finds them through /proc; without it every command would look like none.
            Failure(.other, "the arguments cannot be read: /proc is not mounted", hint: "mount /proc").show()
            exit(ExitCode.other.rawValue)
        }
        exit(run(Array(arguments.dropFirst())).rawValue)
    }

    private static func run(_ arguments: [String]) -> ExitCode {
        do throws(Failure) {
            // The main job goes round ArgumentParser, which costs as much as all the rest of it.
            if let request = ProcessRequest(arguments) {
                try answerProcess(profile: request.profile, code: request.code, noPrompt: request.noPrompt)
            } else if let request = try NamesRequest(arguments) {
                try request.answer()
            } else {
                try runCommand(arguments)
            }
            return .done
        } catch {
            if error.message.isEmpty { return error.code }
            error.show()
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
            guard Warder.exitCode(for: error) != .success else { return try printOut(text + "\n") }
            // What is evaluated must fail too, even where the arguments cannot be read.
            if arguments.first == "env" || arguments.first == "use" { try? printOut(Env.failing(arguments)) }
            let line = Warder.message(for: error).split(separator: "\n").first.map(String.init) ?? "unusable arguments"
            throw Failure(
                .usage, line.lowercasedFirst.withoutFullStop, hint: "see warder \(helpTopic(arguments))--help")
        }
    }

    /// The command whose help fits, and a space; empty for all of them.
    private static func helpTopic(_ arguments: [String]) -> String {
        let words = arguments.prefix { !$0.hasPrefix("-") }
        let known = Warder.configuration.subcommands.map { $0._commandName }
        guard let first = words.first, known.contains(first) else { return "" }
        return first + " "
    }
}

/// `process` as SDKs call it, told from all else without a parser.
struct ProcessRequest {
    let profile: String
    var code: String?
    var noPrompt = false

    /// Nil for any other command, and for a `process` that needs a closer look.
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
