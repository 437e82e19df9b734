/// A command: its description and, made of a command line, what it does.
package protocol Command: Sendable {
    /// The word that calls it; empty for one that only stands in for its group.
    static var name: String { get }
    /// Made anew at each use: only that of the command in use, and of its groups, is ever needed.
    static var description: CommandDescription { get }

    /// Makes the command of a command line that fits its description.
    init(given: Given)

    func run() throws
}

/// What help, completions and the parser need to know of a command.
package struct CommandDescription: Sendable {
    /// One sentence.
    package let abstract: String
    /// Lines of at most 80 columns, with examples.
    package let discussion: String
    /// The options, in the order of help; and the operands, in the order of the command line.
    package let parameters: [Parameter]
    /// The commands below this one.
    package let groups: [CommandGroup]
    /// The one of them that is meant if none is named.
    package let usual: (any Command.Type)?
    /// Neither help nor completions show it: other programs call it, not people.
    package let isHidden: Bool
    /// Whether words that begin with a dash are options; if not, they are operands like others.
    package let takesOptions: Bool

    /// Describes a command without commands below it.
    package init(
        _ abstract: String, _ discussion: String = "", _ parameters: [any Described] = [], isHidden: Bool = false,
        takesOptions: Bool = true
    ) {
        self.abstract = abstract
        self.discussion = discussion
        self.parameters = parameters.map(\.parameter)
        groups = []
        usual = nil
        self.isHidden = isHidden
        self.takesOptions = takesOptions
    }

    /// Describes a command that is a group of others.
    package init(
        _ abstract: String, _ discussion: String = "", groups: [CommandGroup], usual: (any Command.Type)? = nil
    ) {
        self.abstract = abstract
        self.discussion = discussion
        parameters = []
        self.groups = groups
        self.usual = usual
        isHidden = false
        takesOptions = true
    }

    /// All commands below this one.
    package var commands: [any Command.Type] { groups.flatMap(\.commands) }
}

/// Commands that help lists under one title.
package struct CommandGroup: Sendable {
    /// One word, in lower case.
    package let title: String
    package let commands: [any Command.Type]

    package init(_ title: String, _ commands: [any Command.Type]) {
        self.title = title
        self.commands = commands
    }
}
