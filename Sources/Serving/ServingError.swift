import Linux

/// Why the server cannot run.
public enum ServingError: Error, Equatable, Sendable {
    /// Listening on 127.0.0.1 failed.
    case listening(SystemError)
    /// Polling the connections failed.
    case waiting(SystemError)
}
