import Linux

/// Why nothing is served.
public enum ServingError: Error, Equatable, Sendable {
    /// There is no listening on 127.0.0.1.
    case listening(SystemError)
    /// The connections cannot be waited for.
    case waiting(SystemError)
}
