import CLinux
import Glibc
import Secrets

/// A child that runs beside this process: in its own process group, without access to the terminal, with an empty
/// standard input. Its output is collected while this process waits for other things. Destroying the value ends and
/// reaps the child.
public struct DetachedChild: ~Copyable {
    /// How much of its messages to keep, in bytes.
    private static let messageLimit = 4096

    private let process: pid_t
    private let output: Descriptor
    private let errors: Descriptor
    private let limit: Int
    private var isSilent = false
    private var hasTold = false
    private var exitStatus: ExitStatus?

    /// Its output so far, up to the limit.
    public private(set) var text: SecretBytes
    /// Its standard error so far, without bytes that are not ASCII; not a secret.
    public private(set) var messages = ""

    /// Starts `program`, an absolute path.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - withheld: the names of variables to remove from its environment.
    ///   - limit: the most bytes of output to keep; the rest is discarded.
    public init(
        _ program: String, _ arguments: [String], withheld: [String], limit: Int
    ) throws(ChildError) {
        var printed: [Int32] = [-1, -1]
        guard warder_pipe(&printed) == 0 else { throw .notStarted(program: program, code: errno) }
        let output = Descriptor(owning: printed[0], path: program)
        let standardOutput = Descriptor(owning: printed[1], path: program)
        var told: [Int32] = [-1, -1]
        guard warder_pipe(&told) == 0 else { throw .notStarted(program: program, code: errno) }
        let errors = Descriptor(owning: told[0], path: program)
        let standardError = Descriptor(owning: told[1], path: program)
        for number in [output.number, errors.number] { _ = fcntl(number, F_SETFL, O_NONBLOCK) }
        var process: pid_t = 0
        let code = spawn(
            program, [program] + arguments, standardInput: nil, standardOutput: standardOutput.number,
            standardError: standardError.number, withheld: withheld, apart: true, bound: true, &process)
        guard code == 0 else { throw .notStarted(program: program, code: code) }
        self.process = process
        self.output = output
        self.errors = errors
        self.limit = limit
        text = SecretBytes(capacity: limit + 1)
    }

    deinit {
        if exitStatus == nil { Linux.end(process, group: true, within: 50) }
    }

    /// Readable when there is something for `proceed` to take.
    public var descriptors: [Int32] { (isSilent ? [] : [output.number]) + (hasTold ? [] : [errors.number]) }

    /// Its output has ended, so it has ended or will at once: call `proceed` until that returns a status.
    public var isEnding: Bool { isSilent }

    /// Reads its output so far; returns its exit status once it has ended. Never blocks.
    public mutating func proceed() -> ExitStatus? {
        collectOutput()
        collectMessages()
        guard isSilent, exitStatus == nil else { return exitStatus }
        exitStatus = Linux.exitStatus(of: process, within: 0)
        if exitStatus != nil { collectMessages() }
        return exitStatus
    }

    /// Read no more at once than a pipe holds: a child that never stops printing must not hold this process up.
    private static let handful = 65_536

    private mutating func collectOutput() {
        for _ in 0..<Self.handful where !isSilent {
            var byte: UInt8 = 0
            let count = read(output.number, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return }
            if count <= 0 {
                isSilent = true
            } else if text.count < limit {
                text.append(byte)
            }
            byte = 0
        }
    }

    private mutating func collectMessages() {
        var buffer = [UInt8](repeating: 0, count: Self.messageLimit)
        for _ in 0..<Self.handful / Self.messageLimit where !hasTold {
            let count = read(errors.number, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return }
            hasTold = count <= 0
            for byte in buffer[..<max(0, count)] where messages.utf8.count < Self.messageLimit && byte < 0x80 {
                messages.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
    }
}
