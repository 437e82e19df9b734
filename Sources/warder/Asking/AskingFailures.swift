import Linux
import Prompt

// Why nobody gave an answer, in the user's words.

extension Failure {
    /// A code, or a yes, is needed, and prompts are switched off.
    static func notAsked(_ what: String, _ profile: String, isCode: Bool = true) -> Failure {
        Failure(
            .promptNeeded, "\(what) is needed, and prompts are switched off", hint: remedy(profile, isCode: isCode))
    }

    private static func remedy(_ profile: String, isCode: Bool) -> String {
        isCode
            ? "run warder refresh \(shellWord(profile)) in a terminal"
            : "answer it with warder mfa while it waits, or name the program in warder_callers"
    }

    /// Ctrl-Z at a prompt, on its way to where nothing is locked.
    static let stopped = Failure(.promptNeeded, "the prompt was stopped", hint: "go on with fg", fault: "stopped")

    /// The prompt was taken down, for the answer came by another way.
    static func answeredElsewhere(_ what: String) -> Failure {
        Failure(
            .promptNeeded, "\(what) was given elsewhere", hint: "run the command again", fault: "answered elsewhere")
    }

    /// Nobody need be asked any more.
    var isNeedless: Bool { fault == Self.answeredElsewhere("").fault }

    /// It is no failure but a pause.
    var isStop: Bool { fault == Self.stopped.fault }

    /// - Parameter what: what was asked for, as `a code of arn:…`.
    init(_ error: EnquiryError, askingFor what: String, profile: String, isCode: Bool) {
        switch error {
        case .nowhere(let reasons):
            let known = reasons.filter { $0 != "no terminal" }
            let more = known.isEmpty ? "" : " (\(known.joined(separator: ", ")))"
            self.init(
                .promptNeeded, "\(what) is needed, and there is no terminal to ask on\(more)",
                hint: Self.remedy(profile, isCode: isCode))
        case .dismissed:
            self.init(
                .promptNeeded, "\(what) is needed, and the prompt was dismissed", hint: "try again, and answer it")
            // Forty processes are not to ask forty times.
            reach = .waiting
        case .stopped: self = .stopped
        case .timedOut:
            self.init(
                .promptNeeded, "\(what) is needed, and nobody answered in time",
                hint: isCode
                    ? "run warder refresh \(shellWord(profile)) in a terminal, or warder mfa while it waits"
                    : Self.remedy(profile, isCode: isCode))
            reach = .waiting
        }
    }

    /// - Parameter device: the MFA device whose code is missing.
    init(_ error: CodeError, device: String) {
        let what = "a code of \(device)"
        switch error {
        case .command(let error):
            self.init(error, "mfa_process")
            reach = .waiting
        case .notACode:
            self.init(
                .promptNeeded, "what was given as \(what) is not six digits", hint: "give the six digits of the device")
            reach = .waiting
        }
    }
}
