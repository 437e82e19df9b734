import Linux
import Prompt
import Text

// Why a prompt got no answer, in the user's words.

extension Failure {
    /// warder must prompt, and prompts are switched off.
    package static func notAllowed(wanting what: String) -> Failure {
        Failure(
            .promptNeeded, "\(what) is needed, and prompts are switched off",
            hint: "run the command without --no-prompt and WARDER_NO_PROMPT")
    }

    /// A code is needed, and this command uses none up.
    package static func codeWithheld(device: String, profile: String) -> Failure {
        Failure(
            .promptNeeded, "a code from \(device) is needed, but this command uses no codes up",
            hint: "run warder refresh \(shellWord(profile)) in a terminal")
    }

    package init(_ error: TerminalError, askingFor what: String) {
        switch error {
        case .none:
            self.init(
                .promptNeeded, "\(what) is needed, and there is no terminal to ask on",
                hint: "run the command in a terminal")
        case .background:
            self.init(
                .promptNeeded, "\(what) is needed, and warder runs in the background of its terminal",
                hint: "bring the job to the foreground with fg")
        case .dismissed:
            self.init(.promptNeeded, "\(what) is needed, and the prompt was dismissed", hint: "run the command again")
            scope = .waiting
        case .timedOut:
            self.init(.promptNeeded, "\(what) is needed, and no answer came in time", hint: "run the command again")
            scope = .latecomers
        case .tooLong:
            self.init(.promptNeeded, "the answer is too long for \(what)", hint: "run the command again")
        case .system(let error): self.init(error, "the terminal")
        case .stopped: self = .stopped
        case .needless: self = .answeredElsewhere(what)
        }
    }

    package init(_ error: PassphraseError) {
        let what = "the vault's passphrase"
        switch error {
        case .notAllowed:
            self.init(
                .promptNeeded, "\(what) is needed, and prompts are switched off",
                hint: "run warder unlock in a terminal, or set WARDER_PASSPHRASE_COMMAND")
        case .terminal(let error): self.init(error, askingFor: what)
        case .pinentry(let error): self.init(error, askingFor: what)
        case .credential(let error): self.init(error, "the credential")
        case .command(let error): self.init(error, "WARDER_PASSPHRASE_COMMAND", .process)
        case .unreadableDescriptor(let variable, let value):
            self.init(
                .usage, "\(variable)=\(value) names no descriptor that can be read",
                hint: "open one for warder: \(variable)=3 warder … 3<file")
        case .empty:
            self.init(.promptNeeded, "the passphrase is empty", hint: "choose one that is not")
        case .commandGaveNone(let said):
            let failure = Failure(
                .promptNeeded, "WARDER_PASSPHRASE_COMMAND printed nothing: the passphrase is empty",
                hint: "try it by hand")
            self = failure.quoting(said)
        case .different:
            self.init(.promptNeeded, "the two passphrases differ", hint: "run the command again")
        case .stopped: self = .stopped
        case .needless: self = .answeredElsewhere(what)
        }
    }
}
