import Linux
import Prompt
import RemotePrompts
import Setup

extension UserPrompter {
    /// Whether a `process` that is started from here has a place to ask for a code where a user can be expected to see
    /// it. Opens no prompt, and asks no program.
    package static func hasPlace(_ context: Context, _ settings: Settings) -> Bool {
        guard context.environment["WARDER_NO_PROMPT"] != "1" else { return false }
        let prompter = UserPrompter(context)
        let position = prompter.terminalPosition
        return prompter.methods(settings, requiresAnswer: true).contains { method in
            switch method {
            // In the background it waits until it comes to the front.
            case .terminal: position != .none
            case .pinentry(let name):
                (try? Pinentry.find(named: name, in: context.environment).canShow(in: context.environment)) == true
            case .dialog: context.environment.hasDisplay && DialogChannel.isInstalled(in: context.environment)
            case .remote:
                settings.remotePromptTime > 0 && (try? PromptFolder(runtime: context.paths.runtime))?.isWatched == true
            }
        }
    }
}
