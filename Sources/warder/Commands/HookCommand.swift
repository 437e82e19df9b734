import Arguments
import Failures
import Shells
import Text

struct HookCommand: Command {
    static let name = "hook"
    static let shell = OptionalOperand(
        "shell", .words(HookedShell.all.map(\.shell.name)),
        "\(alternatives(HookedShell.all.map(\.shell.name))); the shell that runs warder, if not given.")
    static var description: CommandDescription {
        CommandDescription(
            "Prints the shell integration, for the shell's start-up file.",
            HookedShell.all.flatMap(loading).joined(separator: "\n"),
            [shell])
    }

    let given: Given

    /// Where to load a shell's hook, and beside it how.
    private static func loading(_ shell: HookedShell) -> [String] {
        let place = "\(shell.shell.title), \(shell.hook.place):"
        return shell.hook.lines.enumerated().map { number, line in
            let head = number == 0 ? place : ""
            return head + String(repeating: " ", count: max(1, 32 - head.utf8.count)) + line
        }
    }

    func run() throws {
        guard let shell = given[Self.shell].map(HookedShell.init(named:)) ?? HookedShell.ofParent else {
            throw Failure(
                .usage, "what runs warder is no shell that there is a hook for", hint: "say which: warder hook bash")
        }
        try printOut(data: String(decoding: shell.hook.text, as: UTF8.self))
    }
}
