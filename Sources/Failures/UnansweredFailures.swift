import Linux
import Prompt
import Text

// Why warder got no answer, in the user's words.

extension Failure {
    /// warder needs a code or a confirmation, and prompts are switched off.
    package static func notAsked(_ what: String, _ profile: String, isCode: Bool = true) -> Failure {
        Failure(
            .promptNeeded, "\(what) is needed, and prompts are switched off",
            hint: isCode
                ? refresh(profile)
                : "run it without --no-prompt and WARDER_NO_PROMPT, or name the program in warder_callers")
    }

    private static func refresh(_ profile: String) -> String {
        "run warder refresh \(shellWord(profile)) in a terminal"
    }

    /// Ctrl-Z at a prompt, on its way up to where no lock is held.
    package static let stopped = Failure(
        .promptNeeded, "the prompt was stopped", hint: "go on with fg", fault: "stopped", cause: .stopped)

    /// The prompt was taken down because the answer arrived another way.
    package static func answeredElsewhere(_ what: String) -> Failure {
        Failure(
            .promptNeeded, "\(what) was given elsewhere", hint: "run the command again", fault: "answered elsewhere",
            cause: .answeredElsewhere)
    }

    /// - Parameters:
    ///   - what: what was asked for, as `a code of arn:…`.
    ///   - atTerminal: the terminal was one of the prompt methods.
    package init(_ error: PromptError, askingFor what: String, profile: String, isCode: Bool, atTerminal: Bool = true) {
        switch error {
        case .nowhere(let reasons):
            let known = reasons.filter { $0 != "no terminal" }
            let more = known.joined(separator: ", ")
            let why =
                atTerminal || more.isEmpty
                ? "there is no terminal to ask on" + (more.isEmpty ? "" : " (\(more))")
                : "there is no way to ask: " + more
            self.init(
                .promptNeeded, "\(what) is needed, and \(why)",
                hint: isCode
                    ? Self.refresh(profile) : "run it in a terminal, or name the program in warder_callers")
        case .dismissed:
            self.init(
                .promptNeeded, "\(what) is needed, and the prompt was dismissed", hint: "try again, and answer it")
            // Forty processes should not ask forty times.
            scope = .waiting
        case .stopped: self = .stopped
        case .timedOut:
            self.init(
                .promptNeeded, "\(what) is needed, and no answer came in time",
                hint: isCode
                    ? Self.refresh(profile) + ", or warder mfa while it waits"
                    : "answer it with warder mfa while it waits, or name the program in warder_callers")
            // A client that tries again should not wait as long each time.
            scope = .latecomers
        }
    }

    /// - Parameter device: the MFA device whose code is missing.
    package init(_ error: CodeError, device: String) {
        let what = "a code of \(device)"
        switch error {
        case .command(let error):
            self.init(error, "mfa_process", .process)
            // A failure to start the command may come from a lack of descriptors here.
            scope =
                switch error {
                case .notStarted: .nobody
                case .timedOut: .latecomers
                default: .waiting
                }
        case .notACode:
            self.init(
                .promptNeeded, "what was given as \(what) is not six digits", hint: "give the six digits of the device")
            scope = .waiting
        case .commandGaveNoCode(let said):
            var failure = Failure(
                .promptNeeded, "what mfa_process gave as \(what) is not six digits", hint: "try it by hand")
            failure.scope = .waiting
            self = failure.quoting(said)
        }
    }
}
