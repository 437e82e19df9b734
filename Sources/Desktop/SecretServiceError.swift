/// Why the Secret Service did not do what was asked.
public enum SecretServiceError: Error, Equatable, Sendable {
    /// libsecret-1.so.0 is not there, or lacks a function; Debian's package is libsecret-1-0.
    case noLibrary
    /// libsecret-1.so.0 is there, and the dynamic linker could not load it, as where memory or descriptors are short; its
    /// words.
    case unloadable(reason: String)
    /// There is no address of a session bus, or nothing answers there.
    case noBus
    /// The bus has no `org.freedesktop.secrets`, and cannot start one.
    case noService
    /// There is no default collection.
    case noCollection
    /// What is wanted is locked, and nobody may be asked.
    case locked
    /// The user dismissed the dialog.
    case dismissed
    /// There was no answer by the deadline.
    case timedOut
    /// The service or the bus went away in the middle.
    case disconnected
    /// Any other error: the service's or the bus's words on one line, 300 characters at most. They hold no secret,
    /// since the service gets to see none but in an encrypted form.
    case refused(reason: String)
    /// An answer that is not what the protocol says.
    case malformed
}
