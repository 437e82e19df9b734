import Glibc

/// How a child ended.
public enum ExitStatus: Equatable, Sendable {
    /// It ended by itself, with this code.
    case code(Int32)
    /// A signal ended it.
    case signal(Int32)
    /// Unknown: this process inherited an ignored SIGCHLD.
    case unknown
}

/// How the child ended; nil if it is still running after so many milliseconds.
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

/// Ends a child and waits for it: first by a signal that lets it restore the screen, continuing it if it was stopped;
/// then by SIGKILL.
///
/// - Parameters:
///   - group: the child leads a process group, which is ended with it.
///   - milliseconds: how long it may take to restore the screen.
func end(_ process: pid_t, group: Bool, within milliseconds: Int64) {
    let target = group ? -process : process
    kill(target, SIGTERM)
    kill(target, SIGCONT)
    let hasEnded = exitStatus(of: process, within: milliseconds) != nil
    // Processes that a group's leader has started may outlive it.
    if !hasEnded || group { kill(target, SIGKILL) }
    if hasEnded { return }
    while waitpid(process, nil, 0) == -1 && errno == EINTR {}
}
