import Glibc

/// A signal that this process ignores, and what it did before. The corresponding C function is `sigaction`.
public struct IgnoredSignal: @unchecked Sendable {
    /// Those that would end a process for what a failed write says better: a reader that is gone (SIGPIPE), a file that
    /// is as large as the user may make one (SIGXFSZ).
    public static let ofWriting = [SIGPIPE, SIGXFSZ]

    /// What `posix_spawn` is to set back to the default in a child, which would inherit that they are ignored.
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

    /// Puts back what it did before.
    public func restore() {
        var before = before
        sigaction(number, &before, nil)
    }
}
