/// Why a command failed to answer. `said` is the end of its messages on one line, unless the user has already seen
/// them.
public enum ChildError: Error, Equatable, Sendable {
    /// It could not be started, with `errno`.
    case notStarted(program: String, code: Int32)
    /// It ended with a nonzero exit code.
    case failed(program: String, code: Int32, said: String = "")
    /// A signal ended it.
    case killed(program: String, signal: Int32, said: String = "")
    /// It was still running at the deadline, and was killed.
    case timedOut(program: String, said: String = "")
    /// It printed more than `limit` bytes.
    case tooMuchOutput(program: String, limit: Int)
}
