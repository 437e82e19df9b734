import CLinux
import Glibc
import Secrets

/// A child that prints something and ends, while the user waits for something else: its output is read as it comes.
///
/// Releasing it ends a child that still runs.
public final class ChildOutput {
    private let process: pid_t
    private let output: Descriptor
    private let limit: Int
    private var text: SecretBytes
    private var isReaped = false

    /// Starts this program with other arguments.
    ///
    /// - Parameters:
    ///   - input: the child's standard input; at most as much as a pipe holds.
    ///   - limit: the most bytes that the child may print.
    ///   - withheld: variables to remove from the child's environment.
    public init(
        ofThisProgram arguments: [String], reading input: borrowing SecretBytes, limit: Int, withheld: [String]
    ) throws(ChildError) {
        let program = "/proc/self/exe"
        let given: PipeEnds
        do throws(SystemError) {
            given = try PipeEnds()
            try given.write(input)
        } catch { throw .notStarted(program: program, code: error.code) }
        var ends: [Int32] = [-1, -1]
        guard warder_pipe(&ends) == 0 else { throw .notStarted(program: program, code: errno) }
        let output = Descriptor(owning: ends[0], path: program)
        var process: pid_t = 0
        let code = spawn(
            program, arguments, standardInput: given.reading.number, standardOutput: ends[1], withheld: withheld,
            bound: true, &process)
        close(ends[1])
        guard code == 0 else { throw .notStarted(program: program, code: code) }
        _ = fcntl(output.number, F_SETFL, O_NONBLOCK)
        self.process = process
        self.output = output
        self.limit = limit
        text = SecretBytes(capacity: 4096)
    }

    deinit { if !isReaped { end() } }

    /// The descriptor to poll for input.
    public var descriptor: Int32 { output.number }

    /// Reads what is available.
    ///
    /// - Returns: whether the output has ended, or has exceeded the limit.
    public func listen() -> Bool {
        let used = text.count
        text.extend(to: min(used + 4096, limit + 1))
        let count = text.withUnsafeMutableBytes { bytes in
            read(output.number, bytes.baseAddress.map { $0 + used }, bytes.count - used)
        }
        let code = errno
        text.truncate(to: used + max(0, count))
        if count < 0 { return code != EAGAIN && code != EINTR }
        return count == 0 || text.count > limit
    }

    /// Waits for the child to end after its output has ended; whether it succeeded.
    public func finish() -> Bool {
        isReaped = true
        if text.count > limit { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 { if errno != EINTR { return false } }
        return status == 0 && text.count <= limit
    }

    /// What the child has printed so far.
    public func printed() -> SecretBytes { text.copy() }

    private func end() {
        // The child leads a process group, as it shares no terminal: signal the processes that it has started as well.
        if getpgid(process) == process { kill(-process, SIGTERM) } else { kill(process, SIGTERM) }
        let deadline = Deadline.after(milliseconds: 500)
        while waitpid(process, nil, WNOHANG) == 0 {
            if deadline.hasPassed { kill(process, SIGKILL) }
            sleep(milliseconds: 5)
        }
    }
}
