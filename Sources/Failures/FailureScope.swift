/// Which processes a failure to make a session applies to.
package enum FailureScope: Sendable {
    /// This process only: another one may be able to prompt where this one could not.
    case nobody
    /// Also the processes that waited meanwhile: they would only fail the same way, one after another.
    case waiting
    /// Those, and helpers of SDKs that start a moment later: a crowd does not arrive all at once.
    case latecomers

    /// The scope of failures with this exit code, if nothing more is known.
    package init(of code: ExitCode) {
        switch code {
        // `.other` includes: no descriptor, no memory, a limit.
        case .promptNeeded, .locked, .other: self = .nobody
        case .refused, .network: self = .latecomers
        default: self = .waiting
        }
    }
}
