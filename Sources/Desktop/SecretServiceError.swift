/// Why a call of the Secret Service failed.
public enum SecretServiceError: Error, Equatable, Sendable {
    /// libsecret-1.so.0 is missing, or lacks a function; Debian's package is libsecret-1-0.
    case noLibrary
    /// libsecret-1.so.0 exists, but the dynamic linker could not load it, for example when memory or descriptors are
    /// short; the linker's message.
    case unloadable(reason: String)
    /// The session bus has no known address, or nothing answers there.
    case noBus
    /// The bus has no `org.freedesktop.secrets`, and cannot start one.
    case noService
    /// There is no default collection.
    case noCollection
    /// The item or collection is locked, and no dialog is allowed.
    case locked
    /// The user dismissed the dialog.
    case dismissed
    /// There was no answer by the deadline.
    case timedOut
    /// The service or the bus went away during the call.
    case disconnected
    /// Any other error: the message of the service or the bus on one line, 300 characters at most. It holds no secret,
    /// since the service only ever receives encrypted ones.
    case refused(reason: String)
    /// An answer that violates the protocol.
    case malformed
}
