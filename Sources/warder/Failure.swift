/// The exit codes of warder, as its users' scripts know them.
enum ExitCode: Int32 {
    case done = 0
    case other = 1
    case usage = 2
    case locked = 3
    case promptNeeded = 4
    case refused = 5
    case network = 6
    case notFound = 7
    case badConfig = 8
    case damaged = 9
    /// As env(1) has it: the command of `exec` is there and cannot be run.
    case notRunnable = 126
    /// As env(1) has it: the command of `exec` is not there.
    case noSuchCommand = 127
}

/// Why a command failed, in the user's words: what happened, and what to do about it.
///
/// Both are one line, lower case, without a full stop. They name paths and profiles, never a secret.
struct Failure: Error {
    let code: ExitCode
    let message: String
    let hint: String
    /// The line of a config file that is to be looked at, as `FILE:LINE`.
    let origin: String?
    /// What is wrong with the config, in a word for programs.
    let fault: String?

    init(_ code: ExitCode, _ message: String, hint: String, origin: String? = nil, fault: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.origin = origin
        self.fault = fault
    }

    /// Prints both lines to standard error.
    func show() {
        printMessage("warder: " + printable(message))
        printMessage("hint: " + printable(hint))
    }
}
