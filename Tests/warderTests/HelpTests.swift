import ArgumentParser
import Foundation
import Testing

@testable import warder

@Suite("Help")
struct HelpTests {
    /// Commands whose discussion is a line of a file or of a shell's start-up, and those that warder starts itself.
    private static let startedByWarder: Set = ["serve", "renew-served"]

    static let commands = everyCommand().map { $0.words.joined(separator: " ") }

    private func type(_ command: String) -> any ParsableCommand.Type {
        everyCommand().first { $0.words.joined(separator: " ") == command }?.type ?? Warder.self
    }

    @Test(arguments: commands)
    func saysWhatACommandDoes(_ command: String) {
        let type = type(command)
        let text = help(type)
        #expect(text.contains("USAGE: \(command)"))
        #expect(text.hasPrefix("OVERVIEW: \(type.configuration.abstract)"))
        #expect(type.configuration.abstract.hasSuffix("."))
        #expect(type.configuration.abstract.first?.isUppercase == true)
    }

    /// A command line of its own, to be copied.
    @Test(arguments: commands.filter { !startedByWarder.contains(String($0.split(separator: " ").last ?? "")) })
    func hasAnExample(_ command: String) {
        let type = type(command)
        guard type.configuration.shouldDisplay, type.configuration.subcommands.isEmpty else { return }
        #expect(type.configuration.discussion.contains(command), "\(type.configuration.discussion)")
    }

    /// The words of an option, and what it is for.
    @Test(arguments: commands)
    func saysWhatEachOptionIsFor(_ command: String) {
        let lines = help(type(command)).components(separatedBy: "\n")
        for (index, line) in lines.enumerated() where line.hasPrefix("  -") {
            let name = line.drop { $0 == " " }.prefix { $0 != " " }
            let next = index + 1 < lines.count ? lines[index + 1] : ""
            let isSaid = line.dropFirst(2).contains("  ") || next.hasPrefix("          ")
            #expect(isSaid, "\(command) \(name)")
        }
    }

    @Test(arguments: commands)
    func fitsATerminal(_ command: String) {
        for line in help(type(command)).components(separatedBy: "\n") { #expect(line.count <= 80, "\(line)") }
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
        let words = line.split(separator: " ").map(String.init)
        guard let start = words.firstIndex(of: "warder"), start == 0 || words[0] == "example:" else { return nil }
        let ends: Set = ["|", "#", ">", "<", "&&"]
        return words[(start + 1)...].prefix { !ends.contains($0) }.map { $0 }
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
