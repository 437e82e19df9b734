import CLinux
import Glibc
import Secrets

/// A child to exchange lines with, over its standard input and output.
///
/// It may use the terminal if this process is in the foreground: signals that end or stop this process are blocked
/// until the child is gone and the terminal is restored. Destroying the value ends and reaps the child.
///
/// This process must ignore SIGPIPE.
public struct InteractiveChild: ~Copyable {
    /// The result of waiting for a line.
    public enum Outcome: Equatable, Sendable {
        /// A line has arrived.
        case line
        /// The child's output has ended.
        case end
        /// A signal for this process is pending.
        case interrupted
        /// Ctrl-Z: this process must stop, once it holds nothing that others wait for.
        case stopped
        /// The answer is no longer needed.
        case needless
        /// The deadline has passed.
        case timedOut
        /// The line is longer than the limit.
        case tooLong
    }

    private let program: String
    private let process: pid_t
    private let input: Descriptor
    private let output: Descriptor
    private let terminal: SavedTerminalState?
    private let signals: BlockedSignals
    /// It has its own process group.
    private let isApart: Bool
    /// Its messages, if no terminal shows them.
    private let messages: ChildMessages?
    /// How long it may take to end, in milliseconds.
    private let gracePeriod: Int64
    private var exitStatus: ExitStatus?

    /// Starts `program`, an absolute path, without arguments.
    ///
    /// - Parameters:
    ///   - withheld: the names of variables to remove from its environment.
    ///   - apart: it has no access to the terminal, even if there is one.
    ///   - gracePeriod: how long it may take to end when told to, in milliseconds, before it is killed.
    public init(
        with program: String, withheld: [String], apart: Bool = false, gracePeriod: Int64 = 500
    ) throws(ChildError) {
        var read: [Int32] = [-1, -1]
        guard warder_pipe(&read) == 0 else { throw .notStarted(program: program, code: errno) }
        let standardInput = Descriptor(owning: read[0], path: program)
        let input = Descriptor(owning: read[1], path: program)
        var written: [Int32] = [-1, -1]
        guard warder_pipe(&written) == 0 else { throw .notStarted(program: program, code: errno) }
        let output = Descriptor(owning: written[0], path: program)
        let standardOutput = Descriptor(owning: written[1], path: program)
        _ = fcntl(output.number, F_SETFL, O_NONBLOCK)
        let terminal = apart ? nil : SavedTerminalState()
        let signals = BlockedSignals()
        var (process, code): (pid_t, Int32) = (0, 0)
        func start(_ standardError: Int32?) {
            code = spawn(
                program, [program], standardInput: standardInput.number, standardOutput: standardOutput.number,
                standardError: standardError, withheld: withheld, apart: apart, bound: true, &process)
        }
        let messages = apart || !isInFrontOfTerminal() ? ChildMessages(losing: true) { start($0) } : nil
        if messages == nil { start(nil) }
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
        self.isApart = apart
        self.messages = messages
        self.gracePeriod = gracePeriod
    }

    deinit {
        if exitStatus == nil && !hasEndedWithUs() { Linux.end(process, group: isApart, within: gracePeriod) }
        // If it was ended while it asked, half an answer must not reach the shell.
        terminal?.restore(flushing: exitStatus == nil)
        // The process may end here.
        signals.release()
    }

    /// Ctrl-C at the terminal has reached the child too: another signal of ours would cut short its restoring of the
    /// screen, since ncurses exits at once on the second one.
    private func hasEndedWithUs() -> Bool {
        !isApart && signals.arePending && Linux.exitStatus(of: process, within: 150) != nil
    }

    /// Readable when there is something to `take`.
    public var descriptor: Int32 { output.number }

    /// Sends a line, which must not contain a line end; false if the child no longer reads.
    public func say(_ line: String) -> Bool {
        var line = line + "\n"
        return line.withUTF8 { line in (try? input.write(UnsafeRawBufferPointer(line))) != nil }
    }

    /// Waits for a line and stores it in `line`, without its end.
    ///
    /// - Parameters:
    ///   - limit: the longest line, in bytes.
    ///   - cancellation: what ends the wait besides the deadline.
    public func hear(
        _ line: inout SecretBytes, limit: Int, until deadline: Deadline,
        cancellation: PromptCancellation = PromptCancellation()
    ) -> Outcome {
        line.truncate(to: 0)
        while true {
            var waiting = [
                pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&waiting, 2, cancellation.slice(until: deadline))
            messages?.take()
            if ready < 0 && errno == EINTR { continue }
            if ready < 0 { return .end }
            if waiting[1].revents != 0 { return cancellation.unwinds && signals.takeStop() ? .stopped : .interrupted }
            if deadline.hasPassed { return .timedOut }
            if ready == 0 && cancellation.isDue { return .needless }
            if let outcome = take(&line, limit: limit) { return outcome }
        }
    }

    /// Appends what the child has written so far to `line`, up to the end of a line; never blocks.
    ///
    /// - Returns: `.line`, `.end` or `.tooLong`; nil if the line is still incomplete.
    public func take(_ line: inout SecretBytes, limit: Int) -> Outcome? {
        messages?.take()
        while true {
            var byte: UInt8 = 0
            let count = read(output.number, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return nil }
            if count <= 0 { return .end }
            if byte == UInt8(ascii: "\n") { return .line }
            if line.count == limit { return .tooLong }
            line.append(byte)
            byte = 0
        }
    }

    /// Gives the child a moment to end by itself, then ends it.
    ///
    /// - Returns: how it failed; nil if it ended with code 0, or had to be ended.
    public mutating func end() -> ChildError? {
        exitStatus = Linux.exitStatus(of: process, within: gracePeriod)
        switch exitStatus {
        case .signal(let signal): return .killed(program: program, signal: signal, said: messages?.told() ?? "")
        case .code(let code) where code != 0: return .failed(program: program, code: code, said: messages?.told() ?? "")
        default: return nil
        }
    }
}
