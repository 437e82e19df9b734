/// How far a failure to make a session reaches.
package enum Reach: Sendable {
    /// Nobody else: somebody there may be able to answer what could not be asked here.
    case nobody
    /// Those who waited while it came about: they would only fail the same way, one after another.
    case waiting
    /// Those, and the helpers of SDKs that come a moment later: a crowd does not arrive all at once.
    case latecomers

    /// How far failures with that exit code reach if nothing more is known.
    package init(of code: ExitCode) {
        switch code {
        // Among the others: no descriptor, no memory, a limit.
        case .promptNeeded, .locked, .other: self = .nobody
        case .refused, .network: self = .latecomers
        default: self = .waiting
        }
    }
}
