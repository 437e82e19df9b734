import ArgumentParser
import Hooks

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Prints the shell integration, for the shell's start-up file.",
        discussion: """
            bash, in ~/.bashrc:             eval "$(warder hook bash)"
            zsh, in ~/.zshrc:               eval "$(warder hook zsh)"
            fish, in its config.fish:       warder hook fish | source
            nushell, before config.nu:      warder hook nu | save -f ($nu.data-dir | path join vendor/autoload/warder.nu)
            """)

    @Argument(help: "bash, zsh, fish or nu.")
    var shell: HookName

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
    }

    func run() throws { try printOut(String(decoding: shell.hook.text, as: UTF8.self)) }
}
