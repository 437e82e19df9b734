import ArgumentParser
import Foundation
import Testing

@testable import warder

@Suite("Help")
struct HelpTests {
    static let commands = everyCommand().map { $0.words.joined(separator: " ") }

    private func type(_ command: String) -> any ParsableCommand.Type {
        everyCommand().first { $0.words.joined(separator: " ") == command }?.type ?? Warder.self
    }

    @Test(arguments: commands)
    func saysWhatACommandDoes(_ command: String) {
        let type = type(command)
        let text = help(type)
        #expect(text.contains("USAGE: \(command)"))
        // It is broken into lines.
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.hasPrefix("OVERVIEW: \(type.configuration.abstract)"))
        #expect(type.configuration.abstract.hasSuffix("."))
        #expect(type.configuration.abstract.first?.isUppercase == true)
    }

    /// A command line of its own, to be copied.
    @Test(arguments: commands)
    func hasAnExample(_ command: String) {
        let type = type(command)
        guard type.configuration.shouldDisplay, type.configuration.subcommands.isEmpty else { return }
        // What a group does by itself, its own examples show.
        let group = self.type(command.split(separator: " ").dropLast().joined(separator: " ")).configuration
        if let usual = group.defaultSubcommand, usual == type { return }
        #expect(type.configuration.discussion.contains(command), "\(type.configuration.discussion)")
    }

    /// The words of an option, and what it is for.
    @Test(arguments: commands)
    func saysWhatEachOptionIsFor(_ command: String) {
        guard type(command).configuration.shouldDisplay else { return }
        let lines = help(type(command)).components(separatedBy: "\n")
        for (index, line) in lines.enumerated() where line.hasPrefix("  -") {
            let name = line.drop { $0 == " " }.prefix { $0 != " " }
            let next = index + 1 < lines.count ? lines[index + 1] : ""
            let isSaid = line.dropFirst(2).contains("  ") || next.hasPrefix("          ")
            #expect(isSaid, "\(command) \(name)")
        }
    }

    /// But for the line of nushell's start-up, which is pasted as it is.
    @Test(arguments: commands.filter { $0 != "warder hook" })
    func fitsATerminal(_ command: String) {
        guard type(command).configuration.shouldDisplay else { return }
        for line in type(command).configuration.discussion.components(separatedBy: "\n") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    /// Each example in the help is a command line that warder takes.
    @Test(arguments: commands)
    func examplesCanBeUsed(_ command: String) {
        for line in type(command).configuration.discussion.components(separatedBy: "\n") {
            guard let words = example(line) else { continue }
            #expect(refusal(words) == nil, "\(line)")
        }
    }

    /// The words of an example, from the line of a discussion; nil where it is another line.
    private func example(_ line: String) -> [String]? {
        guard line.hasPrefix("  warder ") || line.hasPrefix("example: warder ") else { return nil }
        // Behind it stands what it is for.
        let command = line.dropFirst(2).components(separatedBy: "   ")[0]
        let ends: Set = ["|", "#", ">", "<", "&&"]
        return command.split(separator: " ").drop { $0 != "warder" }.dropFirst().prefix { !ends.contains(String($0)) }
            .map(String.init)
    }

    @Test(arguments: commands)
    func callsJSONByItsName(_ command: String) {
        for line in help(type(command)).components(separatedBy: "\n") where line.hasPrefix("  --json ") {
            #expect(line.contains(" JSON.") || line.contains(" JSON,"), "\(line)")
        }
    }

    @Test func isAnAnswer() {
        for words in [["--help"], ["list", "--help"], ["vault", "slots", "add", "-h"], ["help"], ["help", "list"]] {
            do {
                var command = try Warder.parseAsRoot(words)
                #expect(throws: (any Error).self) { try command.run() }
            } catch {
                #expect(Warder.exitCode(for: error) == .success, "\(words)")
                #expect(Warder.fullMessage(for: error).contains("USAGE: warder"), "\(words)")
            }
        }
    }

    @Test func theVersionIsThreeNumbers() {
        do {
            _ = try Warder.parseAsRoot(["--version"])
            Issue.record("--version is a command")
        } catch {
            #expect(Warder.exitCode(for: error) == .success)
            #expect(Warder.fullMessage(for: error).wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        }
    }

    /// What README and scripts go by.
    @Test func theExitCodesStandThere() {
        for word in [
            "0 done", "2 usage", "3 locked", "4 prompt needed", "5 refused by AWS", "6 network", "8 bad config",
        ] {
            #expect(help(Warder.self).contains(word))
        }
    }
}
