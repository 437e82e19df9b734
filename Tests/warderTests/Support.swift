import Arguments
import Failures

@testable import warder

/// A command line, as `main` reads it. Nothing is run.
func parsed(_ words: [String]) -> ParsedLine { ParsedLine(words, of: Warder.self) }

/// Why a command line cannot be used; nil where it can.
func refusal(_ words: [String], profiles: [String] = []) -> Failure? {
    let line = parsed(words)
    guard line.wish == .run, let problem = line.problem else { return nil }
    return Failure(problem, in: line) { profiles }
}

/// Every command, from `warder` on, with the commands that lead to it.
func everyCommand(_ path: [any Command.Type] = [Warder.self]) -> [[any Command.Type]] {
    [path] + path[path.count - 1].description.commands.flatMap { everyCommand(path + [$0]) }
}

/// The words that call a command.
func spoken(_ path: [any Command.Type]) -> String { path.map { $0.name }.joined(separator: " ") }
