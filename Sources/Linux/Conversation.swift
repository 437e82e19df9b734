import CLinux
import Glibc
import Secrets

/// A child that is talked to in lines over its standard input and output.
///
/// It may use the terminal that this process is in front of: signals that end or stop this process are held until
/// the child is gone and the terminal as it was. When the value goes, the child has ended and is reaped.
///
/// This process must ignore SIGPIPE.
public struct Conversation: ~Copyable {
    /// What came of waiting for a line.
    public enum Outcome: Equatable, Sendable {
        /// A line is there.
        case line
        /// The child says no more.
        case end
        /// A signal for this process waits to be let go.
        case interrupted
        /// The deadline has passed.
        case timedOut
        /// The line is longer than the limit.
        case tooLong
    }

    private let program: String
    private let process: pid_t
    private let input: Descriptor
    private let output: Descriptor
    private let terminal: TerminalLoan?
    private let signals: HeldSignals
    /// As `waitpid` gives it, once the child has ended.
    private var status: Int32?

    /// Starts `program`, an absolute path, without arguments.
    ///
    /// - Parameter withheld: the names of variables that it does not get.
    public init(with program: String, withheld: [String]) throws(ChildError) {
        var read: [Int32] = [-1, -1]
        guard warder_pipe(&read) == 0 else { throw .notStarted(program: program, code: errno) }
        let standardInput = Descriptor(owning: read[0], path: program)
        let input = Descriptor(owning: read[1], path: program)
        var written: [Int32] = [-1, -1]
        guard warder_pipe(&written) == 0 else { throw .notStarted(program: program, code: errno) }
        let output = Descriptor(owning: written[0], path: program)
        let standardOutput = Descriptor(owning: written[1], path: program)
        let terminal = TerminalLoan()
        let signals = HeldSignals()
        var process: pid_t = 0
        let code = spawn(
            program, [program], standardInput: standardInput.number, standardOutput: standardOutput.number,
            withheld: withheld, endable: true, &process)
        guard code == 0 else {
            signals.release()
            throw .notStarted(program: program, code: code)
        }
        self.program = program
        self.process = process
        self.input = input
        self.output = output
        self.terminal = terminal
        self.signals = signals
    }

    deinit {
        if status == nil { Self.end(process) }
        terminal?.restore()
        // Here the process may end.
        signals.release()
    }

    /// Sends a line, which must not hold a line end; false where nobody reads it.
    public func say(_ line: String) -> Bool {
        var line = line + "\n"
        return line.withUTF8 { line in (try? input.write(UnsafeRawBufferPointer(line))) != nil }
    }

    /// Waits for a line, which stands in `line` without its end.
    ///
    /// - Parameter limit: the longest line, in bytes.
    public func hear(_ line: inout SecretBytes, limit: Int, until deadline: Deadline) -> Outcome {
        line.truncate(to: 0)
        while true {
            var waiting = [
                pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&waiting, 2, Int32(clamping: deadline.remaining))
            if ready < 0 && errno == EINTR { continue }
            if ready < 0 { return .end }
            if waiting[1].revents != 0 { return .interrupted }
            if ready == 0 || deadline.hasPassed { return .timedOut }
            var byte: UInt8 = 0
            let count = read(output.number, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return .end }
            if byte == UInt8(ascii: "\n") { return .line }
            if line.count == limit { return .tooLong }
            line.append(byte)
            byte = 0
        }
    }

    /// Lets the child end by itself for a moment, and ends it otherwise.
    ///
    /// - Returns: how it failed; nil where it ended with code 0, or had to be ended.
    public mutating func end() -> ChildError? {
        guard let status = Self.status(of: process, within: 500) else { return nil }
        self.status = status
        if status & 0x7f != 0 { return .killed(program: program, signal: status & 0x7f) }
        return status == 0 ? nil : .failed(program: program, code: status >> 8 & 0xff)
    }

    /// Ends the child: first so that it can tidy the screen, if it was stopped too; then without its consent.
    private static func end(_ process: pid_t) {
        kill(process, SIGTERM)
        kill(process, SIGCONT)
        if status(of: process, within: 500) != nil { return }
        kill(process, SIGKILL)
        while waitpid(process, nil, 0) == -1 && errno == EINTR {}
    }

    /// How the child ended; nil where it has not within so many milliseconds.
    private static func status(of process: pid_t, within milliseconds: Int64) -> Int32? {
        let deadline = Deadline.after(milliseconds: milliseconds)
        while true {
            var status: Int32 = 0
            let answer = waitpid(process, &status, WNOHANG)
            // It is nobody's child where whoever started this process ignores SIGCHLD.
            if answer == process || (answer == -1 && errno == ECHILD) { return status }
            if deadline.hasPassed { return nil }
            sleep(milliseconds: 5)
        }
    }
}
