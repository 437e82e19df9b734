import Arguments
import Setup

/// `help`, which the parser answers by itself wherever it stands among the commands.
struct HelpCommand: Command {
    static let name = "help"
    static let topic = Operands("command", .topic, "The command, with the one that it belongs to, if any.")
    static var description: CommandDescription {
        CommandDescription("Shows how a command is used.", "example: warder help env", [topic])
    }

    let given: Given

    func run() throws { try printOut(data: help([Warder.self])) }
}

struct VersionCommand: Command {
    static let name = "version"
    static var description: CommandDescription {
        CommandDescription("Shows the version.", "example: warder version")
    }

    let given: Given

    func run() throws { try printOut(data: "warder " + Version.inFull + "\n") }
}
