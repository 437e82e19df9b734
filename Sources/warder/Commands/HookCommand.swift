import ArgumentParser
import Failures
import Hooks
import Linux
import Text

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Prints the shell integration, for the shell's start-up file.",
        discussion: """
            bash, in ~/.bashrc:             eval "$(warder hook bash)"
            zsh, in ~/.zshrc:               eval "$(warder hook zsh)"
            fish, in its config.fish:       warder hook fish | source
            nushell, once:                  mkdir ($nu.data-dir | path join vendor/autoload)
                                            warder hook nu | save -f ($nu.data-dir | path join vendor/autoload/warder.nu)
            """)

    @Argument(help: "bash, zsh, fish or nu; the shell that runs warder, if not given.")
    var shell: HookName?

    enum HookName: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish, nu

        var hook: Hook {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            case .nu: .nu
            }
        }

        /// The shell that runs warder, by its executable or its own name; nil where that is none of these.
        static var ofParent: HookName? {
            for program in parentPrograms() {
                let name = lastPart(ofPath: program)
                if let shell = HookName(rawValue: name.begins(with: "-") ? String(name.dropFirst()) : name) {
                    return shell
                }
            }
            return nil
        }
    }

    func run() throws {
        guard let shell = shell ?? HookName.ofParent else {
            throw Failure(
                .usage, "what runs warder is no shell that there is a hook for", hint: "say which: warder hook bash")
        }
        try printOut(data: String(decoding: shell.hook.text, as: UTF8.self))
    }
}
