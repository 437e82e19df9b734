import Arguments

// A small tree of commands.

struct Root: Command {
    static let name = "tool"
    static var description: CommandDescription {
        CommandDescription(
            "Does things.", groups: [CommandGroup("things", [Copy.self, Run.self]), CommandGroup("more", [Box.self])])
    }
    let given: Given
    func run() throws {}
}

struct Copy: Command {
    static let name = "copy"
    static let from = Operand("from", .file, "Where it is.")
    static let to = OptionalOperand("to", .folder, "Where it goes.")
    static let others = Operands("others", .text, "What goes with it.")
    static let force = Flag("force", "Overwrite what is there.")
    static let mode = Option("mode", .words(["fast", "safe"]), "fast or safe.", details: "safe is slower.")
    static let depth = Option("depth", .number(1...9), "How deep.", placeholder: "levels")
    static let note = Option("note", .text, "A note.")
    static let links = Pair("links", "Follow links.")
    static let secret = Flag("secret", "", isHidden: true)
    static var description: CommandDescription {
        CommandDescription(
            "Copies something.", "example: tool copy a b",
            [from, to, others, force, mode, depth, note, links, secret])
    }
    let given: Given
    func run() throws {}
}

struct Run: Command {
    static let name = "run"
    static let place = Operand("place", .profile, "Where.")
    static let program = ProgramWords("command", "What.")
    static let quiet = Flag("quiet", "Say nothing.")
    static let wait = Option("wait", .text, "How long.")
    static var description: CommandDescription {
        CommandDescription("Runs something.", "", [place, program, quiet, wait])
    }
    let given: Given
    func run() throws {}
}

struct Box: Command {
    static let name = "box"
    static var description: CommandDescription {
        CommandDescription(
            "A box.", groups: [CommandGroup("parts", [Show.self, Plain.self, Move.self])], usual: Show.self)
    }
    let given: Given
    func run() throws {}
}

struct Show: Command {
    static let name = "show"
    static let all = Flag("all", "All of it.")
    static var description: CommandDescription { CommandDescription("Shows it.", "", [all]) }
    let given: Given
    func run() throws {}
}

struct Plain: Command {
    static let name = "plain"
    static let words = Operands("words", .text, "Words.")
    static var description: CommandDescription {
        CommandDescription("Takes words as they are.", "", [words], isHidden: true, takesOptions: false)
    }
    let given: Given
    func run() throws {}
}

struct Move: Command {
    static let name = "move"
    static let to = RequiredOption("to", .words(["left", "right"]), "left or right.")
    static var description: CommandDescription { CommandDescription("Moves it.", "", [to]) }
    let given: Given
    func run() throws {}
}

func line(_ words: String...) -> ParsedLine { ParsedLine(words, of: Root.self) }
func line(_ words: [String]) -> ParsedLine { ParsedLine(words, of: Root.self) }
