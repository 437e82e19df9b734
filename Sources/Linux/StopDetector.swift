import Glibc

/// Detects whether this process was stopped and continued while watched, by SIGSTOP, Ctrl-Z or a debugger: what it
/// waited for may have arrived long before it could look.
public struct StopDetector: ~Copyable {
    private var before = sigset_t()

    /// Begins to watch. SIGCONT continues a process even while blocked (signal(7)).
    public init() {
        var signal = Self.continuation
        pthread_sigmask(SIG_BLOCK, &signal, &before)
        // Discards a SIGCONT that was already pending.
        var now = timespec()
        _ = sigtimedwait(&signal, nil, &now)
    }

    /// Whether the process was stopped since.
    public var hasDetectedStop: Bool {
        var waiting = sigset_t()
        return sigpending(&waiting) == 0 && sigismember(&waiting, SIGCONT) == 1
    }

    private static var continuation: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGCONT)
        return set
    }

    deinit {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
