import CLinux
import Glibc
import Secrets

/// Why a command gave no answer.
public enum ChildError: Error, Equatable, Sendable {
    /// It could not be started, with `errno`.
    case notStarted(program: String, code: Int32)
    /// It ended with another code than 0.
    case failed(program: String, code: Int32)
    /// A signal ended it.
    case killed(program: String, signal: Int32)
    /// It was still running at the deadline, and was killed.
    case timedOut(program: String)
    /// It printed more than is taken, in bytes.
    case tooMuchOutput(program: String, limit: Int)
}

/// Runs a command line in `/bin/sh` and gives what it prints, without line ends behind it.
///
/// The child reads nothing, and its messages go to the terminal where there is one: standard error may be a stream
/// that an SDK reads. None of the variables in `withheld` reach it.
///
/// - Parameters:
///   - limit: the most bytes that it may print.
///   - deadline: when it is killed; nil to let it take its time.
public func output(
    ofShellCommand command: String, withheld: [String], limit: Int, until deadline: Deadline?
) throws(ChildError) -> SecretBytes {
    var ends: [Int32] = [-1, -1]
    guard warder_pipe(&ends) == 0 else { throw .notStarted(program: command, code: errno) }
    let output = Descriptor(owning: ends[0], path: command)
    var process: pid_t = 0
    let started = spawn(
        "/bin/sh", ["sh", "-c", command], standardInput: nil, standardOutput: ends[1], withheld: withheld, &process)
    close(ends[1])
    guard started == 0 else { throw .notStarted(program: command, code: started) }
    var text = SecretBytes(capacity: limit + 1)
    var status: Int32?
    let failure = collect(output, command, of: process, &status, into: &text, limit: limit, until: deadline)
    if let failure {
        // A group of its own, where there is no terminal to share: what the shell has started goes with it.
        if getpgid(process) == process { kill(-process, SIGKILL) }
        kill(process, SIGKILL)
        while waitpid(process, nil, 0) == -1 && errno == EINTR {}
        throw failure
    }
    guard let status else { throw .timedOut(program: command) }
    if status & 0x7f != 0 { throw .killed(program: command, signal: status & 0x7f) }
    guard status == 0 else { throw .failed(program: command, code: status >> 8 & 0xff) }
    while text.count > 0, text[text.count - 1] == UInt8(ascii: "\n") || text[text.count - 1] == UInt8(ascii: "\r") {
        text.truncate(to: text.count - 1)
    }
    return text
}

/// Starts a child whose messages go to the terminal where this process is in front of one.
///
/// - Parameters:
///   - standardInput: nil for `/dev/null`.
///   - standardError: nil for the terminal, or `/dev/null` where there is none to share.
///   - apart: it has a process group of its own and no part in the terminal, even where there is one.
///   - bound: it ends with this thread, even where that is killed; no signal is held back from it and SIGTERM ends it,
///     whatever this thread holds back or ignores.
/// - Returns: 0, or `errno`.
func spawn(
    _ program: String, _ arguments: [String], standardInput: Int32?, standardOutput: Int32,
    standardError: Int32? = nil, withheld: [String], apart: Bool = false, bound: Bool = false,
    _ process: inout pid_t
) -> Int32 {
    let hasTerminal = !apart && access("/dev/tty", W_OK) == 0 && (try? Terminal.open()) != nil
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    let terminal = hasTerminal ? open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC) : -1
    defer {
        for number in [nothing, terminal] where number >= 0 { close(number) }
    }
    let messages = terminal >= 0 ? terminal : nothing
    let descriptors = [standardInput ?? nothing, standardOutput, standardError ?? messages]
    guard descriptors.allSatisfy({ $0 >= 0 }) else { return EBADF }
    return withVariables(without: withheld, adding: []) { environment in
        withArguments(arguments) { arguments in
            guard !bound else {
                return warder_spawn_bound(
                    &process, program, arguments, environment, descriptors, hasTerminal ? 0 : 1)
            }
            return spawnFree(program, arguments, environment, descriptors, ownGroup: !hasTerminal, &process)
        }
    }
}

private func spawnFree(
    _ program: String, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
    _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ descriptors: [Int32], ownGroup: Bool,
    _ process: inout pid_t
) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = IgnoredSignal.ofWritingSet
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | (ownGroup ? POSIX_SPAWN_SETPGROUP : 0)))
    return posix_spawn(&process, program, &actions, &attributes, arguments, environment)
}

/// Reads until the child has ended: its output may end before, and what it leaves running may hold the pipe open after.
private func collect(
    _ output: borrowing Descriptor, _ command: String, of process: pid_t, _ status: inout Int32?,
    into text: inout SecretBytes, limit: Int, until deadline: Deadline?
) -> ChildError? {
    var hasEnded = false
    while true {
        if status == nil { status = ended(process) }
        var waiting = pollfd(fd: hasEnded ? -1 : output.number, events: Int16(POLLIN), revents: 0)
        let patience: Int32 = status != nil ? 0 : hasEnded ? 5 : 50
        let ready = poll(&waiting, 1, patience)
        if ready == 1 {
            let used = text.count
            text.extend(to: limit + 1)
            let count = text.withUnsafeMutableBytes {
                read(output.number, $0.baseAddress.map { $0 + used }, limit + 1 - used)
            }
            text.truncate(to: used + max(0, count))
            hasEnded = count == 0 || (count < 0 && errno != EINTR)
            if text.count > limit { return .tooMuchOutput(program: command, limit: limit) }
        } else if status != nil {
            return nil
        }
        if status == nil, deadline?.hasPassed == true { return .timedOut(program: command) }
    }
}

/// How the child ended; nil while it runs.
private func ended(_ process: pid_t) -> Int32? {
    var status: Int32 = 0
    return waitpid(process, &status, WNOHANG) == process ? status : nil
}
