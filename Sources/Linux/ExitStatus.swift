import Glibc

/// How a child ended.
public enum ExitStatus: Equatable, Sendable {
    /// By itself, with this code.
    case code(Int32)
    /// A signal ended it.
    case signal(Int32)
    /// Nobody can tell: whoever started this process ignores SIGCHLD.
    case unknown
}

/// How the child ended; nil where it has not within so many milliseconds.
func exitStatus(of process: pid_t, within milliseconds: Int64) -> ExitStatus? {
    let deadline = Deadline.after(milliseconds: milliseconds)
    while true {
        var status: Int32 = 0
        let answer = waitpid(process, &status, WNOHANG)
        if answer == process {
            return status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f)
        }
        if answer == -1 && errno == ECHILD { return .unknown }
        if deadline.hasPassed { return nil }
        sleep(milliseconds: 2)
    }
}

/// Ends a child and waits for it: first so that it can tidy the screen, if it was stopped too; then without its consent.
///
/// - Parameters:
///   - group: it leads a process group, which goes with it.
///   - milliseconds: how long it may take to tidy up.
func end(_ process: pid_t, group: Bool, within milliseconds: Int64) {
    let target = group ? -process : process
    kill(target, SIGTERM)
    kill(target, SIGCONT)
    let hasEnded = exitStatus(of: process, within: milliseconds) != nil
    // Of a group, what its leader has started may still be there.
    if !hasEnded || group { kill(target, SIGKILL) }
    if hasEnded { return }
    while waitpid(process, nil, 0) == -1 && errno == EINTR {}
}
