import Arguments
import Foundation
import Testing

@testable import warder

@Suite("Help")
struct HelpTests {
    static let commands = everyCommand().map(spoken)

    private func path(_ command: String) -> [any Command.Type] {
        everyCommand().first { spoken($0) == command } ?? []
    }

    private func description(_ command: String) -> CommandDescription {
        path(command).last?.description ?? Warder.description
    }

    @Test(arguments: commands)
    func saysWhatACommandDoes(_ command: String) {
        let description = description(command)
        let text = help(path(command))
        // It is broken into lines.
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.hasPrefix("\(description.abstract) usage: \(command)"))
        #expect(description.abstract.hasSuffix("."))
        #expect(description.abstract.first?.isUppercase == true)
        #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
    }

    /// A command line of its own, to be copied.
    @Test(arguments: commands)
    func hasAnExample(_ command: String) {
        let description = description(command)
        guard !description.isHidden, description.groups.isEmpty else { return }
        // What a group does by itself is called by the group's name.
        let group = command.split(separator: " ").dropLast().joined(separator: " ")
        let usual = self.description(group).usual.map { $0.name } ?? ""
        let isUsual = !usual.isEmpty && command == "\(group) \(usual)"
        #expect(description.discussion.contains(isUsual ? group : command), "\(description.discussion)")
    }

    /// The words of an option, and what it is for.
    @Test(arguments: commands)
    func saysWhatEachOptionIsFor(_ command: String) {
        for parameter in description(command).parameters where !parameter.isHidden {
            #expect(parameter.help.hasSuffix(".") || parameter.help.contains(". "), "\(command) \(parameter.name)")
            #expect(help(path(command)).contains("  " + parameter.spelling), "\(command) \(parameter.name)")
        }
    }

    /// A parameter without a sentence is hidden, or its command is.
    @Test(arguments: commands)
    func whatHasNoSentenceIsHidden(_ command: String) {
        for parameter in description(command).parameters where parameter.help.isEmpty {
            #expect(parameter.isHidden, "\(command) \(parameter.name)")
        }
    }

    /// Words that alone are allowed stand in the sentence.
    @Test(arguments: commands)
    func saysWhichWordsAreAllowed(_ command: String) {
        for parameter in description(command).parameters {
            guard case .words(let words) = parameter.value, !parameter.isHidden, !description(command).isHidden,
                command != "warder use"
            else { continue }
            for word in words { #expect(parameter.help.contains(word), "\(command) \(parameter.name)") }
        }
    }

    /// But for the line of nushell's start-up, which is pasted as it is.
    @Test(arguments: commands.filter { $0 != "warder hook" })
    func fitsATerminal(_ command: String) {
        for line in help(path(command)).components(separatedBy: "\n") {
            #expect(line.count <= 80 || line.hasPrefix("LoadCredential"), "\(line)")
            #expect(line.last != " ", "\(line)")
        }
    }

    /// Each example in the help is a command line that warder takes.
    @Test(arguments: commands)
    func examplesCanBeUsed(_ command: String) {
        for line in description(command).discussion.components(separatedBy: "\n") {
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
        for parameter in description(command).parameters where parameter.name == "json" {
            #expect(parameter.help.contains(" JSON."))
        }
    }

    /// Two commands with one name, or two parameters, and the second could not be reached.
    @Test(arguments: commands)
    func noNameStandsTwice(_ command: String) {
        let description = description(command)
        let names = description.commands.map { $0.name } + description.parameters.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(!names.contains(""))
    }

    /// Nothing could stand behind an operand that takes all words that are left.
    @Test(arguments: commands)
    func operandsHaveAnOrder(_ command: String) {
        let operands = description(command).parameters.filter { !$0.isOption }.map(\.role)
        let isSound = zip(operands, operands.dropFirst()).allSatisfy { first, second in
            first == .operand(isRequired: true) || first == .operand(isRequired: false) && first == second
        }
        #expect(isSound, "\(operands)")
    }

    @Test(arguments: [
        ["--help"], ["list", "--help"], ["vault", "slots", "add", "-h"], ["help"], ["help", "list"], ["vault"],
        ["help", "vault", "slots"], ["vault", "help", "slots"], ["list", "--bogus", "--help"], ["vault", "x", "-h"],
        ["env", "--help", "--shell"],
    ])
    func isAnAnswer(_ words: [String]) {
        let line = parsed(words)
        #expect(line.wish == .help)
        #expect(help(line.path).contains("usage: warder"))
    }

    @Test func helpOfACommandIsItsOwn() {
        #expect(parsed(["help", "vault", "slots", "add"]).names == ["vault", "slots", "add"])
        #expect(parsed(["vault", "help", "slots"]).names == ["vault", "slots"])
        #expect(parsed(["help", "help"]).names == ["help"])
        #expect(parsed(["help", "env", "prod"]).names == ["env"])
        #expect(refusal(["help", "proces"])?.hint == "did you mean warder process? see warder --help")
    }

    /// A command of exec's may want the option for itself.
    @Test func whatStandsBehindACommandAsksIt() {
        #expect(parsed(["exec", "prod", "ls", "--help"]).wish == .run)
        #expect(parsed(["exec", "prod", "--", "--version"]).wish == .run)
        #expect(parsed(["list", "--", "--help"]).wish == .run)
    }

    @Test(arguments: [["--version"], ["-V"], ["list", "--version"], ["env", "-V", "prod"]])
    func theVersionIsAnAnswer(_ words: [String]) { #expect(parsed(words).wish == .version) }

    /// What README and scripts go by.
    @Test func theExitCodesStandThere() {
        for word in [
            "0 done", "2 usage", "3 locked", "4 prompt needed", "5 refused by AWS", "6 network", "8 bad config",
        ] {
            #expect(help([Warder.self]).contains(word))
        }
    }

    /// The titles of groups, each with its commands.
    @Test func theRootListsItsCommandsByGroups() {
        let text = help([Warder.self])
        for group in Warder.description.groups {
            let shown = group.commands.filter { !$0.description.isHidden }
            #expect(text.contains("\n\(group.title):\n") == !shown.isEmpty)
            for command in shown { #expect(text.contains("\n  \(command.name) ")) }
        }
        #expect(!text.contains("SUBCOMMANDS") && !text.contains("renew-served"))
    }
}
