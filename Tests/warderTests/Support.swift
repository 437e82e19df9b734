import ArgumentParser
import Failures

@testable import warder

/// Why a command line cannot be used; nil where it can. Nothing is run.
func refusal(_ words: [String], profiles: [String] = []) -> Failure? {
    do {
        _ = try parsed(words)
        return nil
    } catch let failure as Failure {
        return failure
    } catch {
        return Failure(unusable: words, Warder.message(for: error)) { profiles }
    }
}

/// The command that a command line is, as `main` finds it.
func parsed(_ words: [String]) throws -> any ParsableCommand {
    guard words.first == "exec" else { return try Warder.parseAsRoot(words) }
    return try Warder.parseAsRoot(["exec"] + (try ExecWords.ordered(Array(words.dropFirst()))))
}

/// Every command, from `warder` on, with the words that lead to it.
func everyCommand(
    _ command: any ParsableCommand.Type = Warder.self, _ words: [String] = ["warder"]
) -> [(words: [String], type: any ParsableCommand.Type)] {
    [(words, command)]
        + command.configuration.subcommands.flatMap { everyCommand($0, words + [$0._commandName]) }
}

/// What `--help` prints of a command, and then its parts by their headings.
func help(_ command: any ParsableCommand.Type) -> String { Warder.helpMessage(for: command) }
