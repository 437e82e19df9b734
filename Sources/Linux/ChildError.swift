/// Why a command gave no answer. What it `said` is the end of its messages on one line, where nobody has seen them yet.
public enum ChildError: Error, Equatable, Sendable {
    /// It could not be started, with `errno`.
    case notStarted(program: String, code: Int32)
    /// It ended with another code than 0.
    case failed(program: String, code: Int32, said: String = "")
    /// A signal ended it.
    case killed(program: String, signal: Int32, said: String = "")
    /// It was still running at the deadline, and was killed.
    case timedOut(program: String, said: String = "")
    /// It printed more than is taken, in bytes.
    case tooMuchOutput(program: String, limit: Int)
}
