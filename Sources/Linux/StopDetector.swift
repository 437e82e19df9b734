import Glibc

/// Tells whether this process was stopped and went on while it was watched, by SIGSTOP, Ctrl-Z or a debugger: what it
/// waited for meanwhile may have been there all the time.
public struct StopDetector: ~Copyable {
    private var before = sigset_t()

    /// Begins to watch. SIGCONT goes on to continue a process that holds it back from itself (signal(7)).
    public init() {
        var signal = Self.continuation
        pthread_sigmask(SIG_BLOCK, &signal, &before)
        // One that waits already is of before.
        var now = timespec()
        _ = sigtimedwait(&signal, nil, &now)
    }

    /// Whether it was.
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
