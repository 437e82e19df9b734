import CLinux
import Glibc
import Secrets

/// A child that is talked to in lines over its standard input and output.
///
/// It may use the terminal that this process is in front of: signals that end or stop this process are held until
/// the child is gone and the terminal as it was. When the value goes, the child has ended and is reaped.
///
/// This process must ignore SIGPIPE.
public struct InteractiveChild: ~Copyable {
    /// What came of waiting for a line.
    public enum Outcome: Equatable, Sendable {
        /// A line is there.
        case line
        /// The child says no more.
        case end
        /// A signal for this process waits to be let go.
        case interrupted
        /// Ctrl-Z: this process is to stop, once it holds nothing that others wait for.
        case stopped
        /// The answer is not needed any more.
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
    /// It has a process group of its own.
    private let isApart: Bool
    /// What it says to nobody.
    private let messages: ChildMessages?
    /// How long it may take to end, in milliseconds.
    private let gracePeriod: Int64
    private var exitStatus: ExitStatus?

    /// Starts `program`, an absolute path, without arguments.
    ///
    /// - Parameters:
    ///   - withheld: the names of variables that it does not get.
    ///   - apart: it has no part in the terminal, even where there is one.
    ///   - patience: how long it may take to end once it is told to, in milliseconds; then it is made to.
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
        // Taken down while it asked: half an answer is not for the shell.
        terminal?.restore(flushing: exitStatus == nil)
        // Here the process may end.
        signals.release()
    }

    /// Ctrl-C at the terminal has reached the child too: a signal of ours would cut short how it tidies the screen, since
    /// ncurses leaves at once where one more comes.
    private func hasEndedWithUs() -> Bool {
        !isApart && signals.arePending && Linux.exitStatus(of: process, within: 150) != nil
    }

    /// Readable when there is something to `take`.
    public var descriptor: Int32 { output.number }

    /// Sends a line, which must not hold a line end; false where nobody reads it.
    public func say(_ line: String) -> Bool {
        var line = line + "\n"
        return line.withUTF8 { line in (try? input.write(UnsafeRawBufferPointer(line))) != nil }
    }

    /// Waits for a line, which stands in `line` without its end.
    ///
    /// - Parameters:
    ///   - limit: the longest line, in bytes.
    ///   - lettingGo: what ends the wait besides the deadline.
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

    /// Takes what the child has said by now, behind what stands in `line`, up to the end of a line; never waits.
    ///
    /// - Returns: `.line`, `.end` or `.tooLong`; nil where the line has no end yet.
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

    /// Lets the child end by itself for a moment, and ends it otherwise.
    ///
    /// - Returns: how it failed; nil where it ended with code 0, or had to be ended.
    public mutating func end() -> ChildError? {
        exitStatus = Linux.exitStatus(of: process, within: gracePeriod)
        switch exitStatus {
        case .signal(let signal): return .killed(program: program, signal: signal, said: messages?.told() ?? "")
        case .code(let code) where code != 0: return .failed(program: program, code: code, said: messages?.told() ?? "")
        default: return nil
        }
    }
}
