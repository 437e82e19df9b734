import Linux

/// Why a command failed, in the user's words: what happened, and what to do about it.
///
/// Both are one line, lower case, without a full stop. They name paths and profiles, never a secret.
package struct Failure: Error {
    /// The exit code.
    package let code: ExitCode
    /// What happened, and to what.
    package private(set) var message: String
    /// The one thing to do now.
    package private(set) var hint: String
    /// The command line in the hint that mends it, where there is one that can be run as it is.
    package private(set) var command: String?
    /// The line of a config file to look at, as `FILE:LINE`.
    package let origin: String?
    /// What is wrong with the config, as one word for programs.
    package let fault: String?
    /// What the failure means to the code that handles it.
    package internal(set) var cause: Cause
    /// Which other processes that want the same session this failure also applies to.
    package var scope: FailureScope
    /// When it happened, possibly in another process.
    package var moment = Deadline.now

    /// A failure that has just happened in this process.
    package init(
        _ code: ExitCode, _ message: String, hint: String, command: String? = nil, origin: String? = nil,
        fault: String? = nil, cause: Cause = .ordinary
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.command = command
        self.origin = origin
        self.fault = fault
        self.cause = cause
        scope = FailureScope(of: code)
    }

    /// The same failure in other words.
    package func saying(_ message: String? = nil, hint: String? = nil) -> Failure {
        var failure = self
        if let message { failure.message = message }
        if let hint { (failure.hint, failure.command) = (hint, nil) }
        return failure
    }

    /// The same failure with the hint "did you mean `name`?" in front; unchanged if `name` is nil.
    package func suggesting(_ name: String?) -> Failure {
        guard let name else { return self }
        return saying(hint: "did you mean \(name)? \(hint)")
    }

    /// The message was already printed: only the exit code is left.
    package static func saidAlready(_ code: ExitCode) -> Failure {
        Failure(code, "", hint: "", cause: .saidAlready)
    }

    /// What a failure means to the code that handles it, beyond its message.
    package enum Cause: Sendable {
        case ordinary
        /// Ctrl-Z at a prompt, on its way up to where no lock is held: a pause, not an error.
        case stopped
        /// The prompt was taken down because the answer arrived another way.
        case answeredElsewhere
        /// The session cache is unlocked but the keys are not.
        case keysLocked
        /// A link whose target folder does not exist.
        case brokenLink
        /// A section that only some programs treat as a profile.
        case passedOver
        /// AWS has no such thing.
        case noSuchEntity
        /// AWS certainly did nothing.
        case notMade
        /// AWS does not take the session that signed, or no longer.
        case sessionRefused
        /// AWS did not judge the request itself: it is busy, has failed, or takes this machine's clock for wrong.
        case unjudged
        /// A person said no.
        case declined
        /// A rule of this machine forbids it.
        case forbidden
        /// The message was already printed.
        case saidAlready
    }
}
