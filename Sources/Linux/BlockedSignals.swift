import CLinux
import Glibc

/// Blocks the signals that end or stop a process, until `release`.
///
/// They are watched for, never consumed: once unblocked, the kernel delivers them, and the user's handler or the
/// default action runs as if nothing had blocked them. A signal that the parent process had already blocked stays
/// blocked and is not watched for, since `release` could not deliver it.
public struct BlockedSignals: ~Copyable {
    /// Readable while one of them is pending.
    public let descriptor: Int32
    private var before = sigset_t()

    /// Blocks them in this thread.
    public init() {
        pthread_sigmask(SIG_BLOCK, nil, &before)
        var held = sigset_t()
        sigemptyset(&held)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP] where sigismember(&before, signal) == 0 {
            sigaddset(&held, signal)
        }
        pthread_sigmask(SIG_BLOCK, &held, nil)
        descriptor = warder_signal_descriptor(&held)
    }

    /// Unblocks them: the process may end here, or stop and continue.
    public func release() {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    /// Whether one of them is pending.
    public var arePending: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 1
    }

    /// Consumes a pending stop signal; true if there was one. The caller then stops by `stopThisProcess`.
    public func takeStop() -> Bool {
        var stop = sigset_t()
        sigemptyset(&stop)
        sigaddset(&stop, SIGTSTP)
        var now = timespec()
        return sigtimedwait(&stop, nil, &now) == SIGTSTP
    }

    deinit { close(descriptor) }
}

/// Stops this process as Ctrl-Z does; returns when it continues. The corresponding C function is `raise`.
public func stopThisProcess() { raise(SIGTSTP) }
