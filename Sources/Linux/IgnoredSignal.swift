import Glibc

/// A signal that this process ignores, and its previous action. The corresponding C function is `sigaction`.
public struct IgnoredSignal: @unchecked Sendable {
    /// Signals that would end the process where a failed write reports the cause better: a closed pipe (SIGPIPE), a
    /// file at the user's size limit (SIGXFSZ).
    public static let ofWriting = [SIGPIPE, SIGXFSZ]

    /// The signals that `posix_spawn` resets to the default, since a child would inherit them as ignored.
    static var ofWritingSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in ofWriting { sigaddset(&set, number) }
        return set
    }

    private let number: Int32
    private let before: sigaction

    /// Ignores the signal from now on.
    public init(_ number: Int32) {
        self.number = number
        var ignore = sigaction()
        ignore.__sigaction_handler.sa_handler = SIG_IGN
        var before = sigaction()
        sigaction(number, &ignore, &before)
        self.before = before
    }

    /// Restores the previous action.
    public func restore() {
        var before = before
        sigaction(number, &before, nil)
    }
}
