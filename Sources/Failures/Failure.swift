import Linux

/// Why a command failed, in the user's words: what happened, and what to do about it.
///
/// Both are one line, lower case, without a full stop. They name paths and profiles, never a secret.
package struct Failure: Error {
    /// What warder exits with.
    package let code: ExitCode
    /// What happened, and to what.
    package private(set) var message: String
    /// The one thing to do now.
    package private(set) var hint: String
    /// The line of a config file that is to be looked at, as `FILE:LINE`.
    package let origin: String?
    /// What is wrong with the config, in a word for programs.
    package let fault: String?
    /// What it means to the code that meets it.
    package let cause: Cause
    /// Which other processes that want the same session it answers too.
    package var reach: Reach
    /// When it happened, maybe to another process.
    package var moment = Deadline.now

    /// A failure that has just happened here.
    package init(
        _ code: ExitCode, _ message: String, hint: String, origin: String? = nil, fault: String? = nil,
        cause: Cause = .ordinary
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.origin = origin
        self.fault = fault
        self.cause = cause
        reach = Reach(of: code)
    }

    /// The same in other words.
    package func saying(_ message: String? = nil, hint: String? = nil) -> Failure {
        var failure = self
        if let message { failure.message = message }
        if let hint { failure.hint = hint }
        return failure
    }

    /// The same, asking first whether another name was meant; nil where none is near.
    package func suggesting(_ name: String?) -> Failure {
        guard let name else { return self }
        return saying(hint: "did you mean \(name)? \(hint)")
    }

    /// Everything was said already: only the exit code is left.
    package static func saidAlready(_ code: ExitCode) -> Failure {
        Failure(code, "", hint: "", cause: .saidAlready)
    }

    /// What a failure means to the code that meets it, where that is more than its message.
    package enum Cause: Sendable {
        case ordinary
        /// Ctrl-Z at a prompt, on its way to where nothing is locked: not a failure but a pause.
        case stopped
        /// The prompt was taken down, since the answer came another way.
        case answeredElsewhere
        /// The session cache is open, and the keys are not.
        case keysLocked
        /// A link into a folder that is not there.
        case brokenLink
        /// A section that only some programs take for a profile.
        case passedOver
        /// The message is out already.
        case saidAlready
    }
}
