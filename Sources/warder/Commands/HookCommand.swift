import ArgumentParser
import Failures
import Shells
import Text

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Prints the shell integration, for the shell's start-up file.",
        discussion: HookedShell.all.flatMap(loading).joined(separator: "\n"))

    @Argument(
        help: "\(alternatives(HookedShell.allValueStrings)); the shell that runs warder, if not given.")
    var shell: HookedShell?

    /// Where to load a shell's hook, and beside it how.
    private static func loading(_ shell: HookedShell) -> [String] {
        let place = "\(shell.shell.title), \(shell.hook.place):"
        return shell.hook.lines.enumerated().map { number, line in
            let head = number == 0 ? place : ""
            return head + String(repeating: " ", count: max(1, 32 - head.utf8.count)) + line
        }
    }

    func run() throws {
        guard let shell = shell ?? HookedShell.ofParent else {
            throw Failure(
                .usage, "what runs warder is no shell that there is a hook for", hint: "say which: warder hook bash")
        }
        try printOut(data: String(decoding: shell.hook.text, as: UTF8.self))
    }
}
