import CLinux
import Glibc

/// The signals that end or stop a process, held back until `release`.
///
/// They are only watched for, never taken: let go, the kernel delivers them, and the user's or the default action
/// runs as if nothing had held them. One that whoever started this process holds back already stays so, and is not
/// watched for: it could not be let go.
public struct BlockedSignals: ~Copyable {
    /// Readable while one of them waits to be let go.
    public let descriptor: Int32
    private var before = sigset_t()

    /// Holds them back from this thread.
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

    /// Lets them go: here the process may end, or stop and go on.
    public func release() {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    /// Whether one of them waits to be let go.
    public var arePending: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) == 1
    }

    /// Takes the one that is to stop this process, if it waits: it is for the caller to stop, by `stopThisProcess`.
    public func takeStop() -> Bool {
        var stop = sigset_t()
        sigemptyset(&stop)
        sigaddset(&stop, SIGTSTP)
        var now = timespec()
        return sigtimedwait(&stop, nil, &now) == SIGTSTP
    }

    deinit { close(descriptor) }
}

/// Stops this process as Ctrl-Z does; returns when it goes on. The corresponding C function is `raise`.
public func stopThisProcess() { raise(SIGTSTP) }
