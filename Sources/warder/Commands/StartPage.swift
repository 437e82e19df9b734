import Arguments
import Explaining
import Failures
import Setup
import Text

/// What `warder` alone shows: what to type next, and where help is.
struct StartPage: Command {
    static let name = ""
    static var description: CommandDescription { CommandDescription("Says what to type next.") }

    let given: Given

    func run() throws {
        let context = try Context(noPrompt: true)
        let (state, commands) = Standing(context).advice(home: context.environment.nonEmpty("HOME"))
        var text: Shown = "\(Warder.description.abstract)\n\n\(state)\n"
        let width = (commands + Self.help).map { $0.line.count }.max() ?? 0
        for command in commands { text += Self.line(command, width) }
        text += "\n"
        for command in Self.help { text += Self.line(command, width) }
        try printOut(text)
    }

    private static let help = [
        ("warder --help", "all commands"), ("warder help COMMAND", "one of them, with examples"),
    ].map { (line: $0.0, purpose: $0.1) }

    private static func line(_ command: (line: String, purpose: String), _ width: Int) -> Shown {
        let gap = String(repeating: " ", count: width - command.line.count + 3)
        return "  \(command.line)\(gap)\(command.purpose)\n"
    }
}
