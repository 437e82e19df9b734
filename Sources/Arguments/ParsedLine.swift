import Text

/// A command line, as a tree of commands understands it.
package struct ParsedLine: Sendable {
    /// What the user wants.
    package enum Wish: Sendable {
        /// The command is to be run.
        case run
        /// The help of the command.
        case help
        case version
    }

    /// The commands that the first words name, from the root on.
    package private(set) var path: [any Command.Type]
    /// The options and operands, as far as they could be read.
    package private(set) var given = Given()
    /// What the user wants; help even if something else is wrong.
    package private(set) var wish = Wish.run
    /// The first thing that is wrong.
    package private(set) var problem: UsageError?

    /// The command itself.
    package var command: any Command.Type { path[path.count - 1] }

    /// The words that call it, without the root's.
    package var names: [String] { path.dropFirst().map { $0.name }.filter { !$0.isEmpty } }

    /// Reads a command line.
    ///
    /// Conventions are those of getopt_long(3): options may stand before and after operands; `--name VALUE` and
    /// `--name=VALUE` are the same; `--` ends the options. Names are not abbreviated.
    ///
    /// - Parameter words: the arguments, without the program's own name.
    package init(_ words: [String], of root: any Command.Type) {
        path = [root]
        var rest = words[...]
        guard let description = descend(&rest) else { return }
        var reader = WordReader(description)
        reader.read(rest)
        (given, problem) = (reader.given, reader.problem)
        if let wish = reader.wish { self.wish = wish }
    }

    /// Follows the words that name commands. Returns the description of the last; nil if there is nothing more to read.
    private mutating func descend(_ words: inout ArraySlice<String>) -> CommandDescription? {
        while true {
            let description = command.description
            guard !description.groups.isEmpty else { return description }
            guard let word = words.first, !word.begins(with: "-") else {
                if words.isEmpty || words.first.map(isBuiltIn) != true, let usual = description.usual {
                    path.append(usual)
                    continue
                }
                if words.isEmpty { wish = .help }
                return words.isEmpty ? nil : description
            }
            words = words.dropFirst()
            if word.isSame(as: "help") {
                wish = .help
                follow(words)
                return nil
            }
            if let next = description.commands.first(where: { $0.name.isSame(as: word) }) {
                path.append(next)
            } else {
                problem = .unknownCommand(word)
                wish = words.contains(where: isHelp) ? .help : .run
                return nil
            }
        }
    }

    /// Follows the words after `help`.
    private mutating func follow(_ words: ArraySlice<String>) {
        for word in words where !word.begins(with: "-") {
            let commands = command.description.commands
            guard let next = commands.first(where: { $0.name.isSame(as: word) }) else {
                // What stands behind a whole command is an operand of it.
                if !commands.isEmpty { (problem, wish) = (.unknownCommand(word), .run) }
                return
            }
            path.append(next)
        }
    }
}

/// Whether the word asks for help, wherever it stands.
func isHelp(_ word: String) -> Bool { word.isSame(as: "--help") || word.isSame(as: "-h") }

/// Whether the word asks for the version, wherever it stands.
func isVersion(_ word: String) -> Bool { word.isSame(as: "--version") || word.isSame(as: "-V") }

/// Whether every command knows the word.
private func isBuiltIn(_ word: String) -> Bool { isHelp(word) || isVersion(word) }
