import Linux
import Text

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

/// How far a failure to make a session reaches.
enum Reach {
    /// Nobody else: somebody there may be able to answer what could not be asked here.
    case nobody
    /// Those who waited while it came about: they would only fail the same way, one after another.
    case waiting
    /// Those, and the helpers of SDKs that come a moment later: a crowd does not arrive all at once.
    case latecomers

    /// How far failures with that exit code reach if nothing more is known.
    init(of code: ExitCode) {
        switch code {
        // Among the others: no descriptor, no memory, a limit.
        case .promptNeeded, .locked, .other: self = .nobody
        case .refused, .network: self = .latecomers
        default: self = .waiting
        }
    }
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
    /// Which other processes that want the same session it answers too.
    var reach: Reach
    /// When it happened, maybe to another process.
    var moment = Deadline.now

    init(_ code: ExitCode, _ message: String, hint: String, origin: String? = nil, fault: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.origin = origin
        self.fault = fault
        reach = Reach(of: code)
    }

    /// The same, asking first whether another name was meant; nil where none is near.
    func suggesting(_ name: String?) -> Failure {
        guard let name else { return self }
        var failure = Failure(
            code, message, hint: "did you mean \(name)? \(hint)", origin: origin, fault: fault)
        (failure.reach, failure.moment) = (reach, moment)
        return failure
    }

    /// Prints both lines to standard error.
    func show() {
        printMessage("warder: \(abridged(printable(message)))")
        printMessage("hint: \(abridged(printable(hint)))")
    }
}
