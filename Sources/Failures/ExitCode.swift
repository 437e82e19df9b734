/// The exit codes of warder, as its users' scripts know them.
package enum ExitCode: Int32, Sendable {
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
    /// As in env(1): the command of `exec` was found but cannot be run.
    case notRunnable = 126
    /// As in env(1): the command of `exec` was not found.
    case noSuchCommand = 127
}
