import Linux
import Secrets

/// Why a conversation with a pinentry failed.
enum AssuanError: Error {
    /// A signal for this process is pending, and waits until the conversation has ended.
    case interrupted
    /// Ctrl-Z: this process must stop, once it holds nothing that others wait for.
    case stopped
    /// The answer is no longer needed.
    case needless
    /// The user did not answer by the deadline.
    case timedOut
    /// It could not be started, or ended before it had answered.
    case ended(ChildError?)
    /// It sent a line that the protocol does not define.
    case garbled
    /// It answered with too much data.
    case tooLong
    /// It refused a command, with a code of gpg-error.h.
    case refused(code: Int)
    /// The user's two entries differ.
    case different
}

/// The client side of the Assuan protocol, spoken with a child over pipes.
///
/// The manual of libassuan defines the protocol in "Client responses" and "Server responses". After an error the
/// conversation can go on only if the error is `.refused`.
struct Assuan: ~Copyable {
    /// The protocol's longest line, in bytes, without its end.
    private static let lineLimit = 1000

    private var child: InteractiveChild
    private let deadline: Deadline
    private let cancellation: PromptCancellation

    /// Starts `program`; call `greet` next.
    ///
    /// - Parameters:
    ///   - apart: it has no access to the terminal.
    ///   - gracePeriod: how long it may take to end, in milliseconds.
    ///   - deadline: applies to every wait.
    ///   - cancellation: what else ends a wait, by `.stopped` and `.needless`.
    init(
        with program: String, withheld: [String], apart: Bool = false, gracePeriod: Int64 = 500,
        until deadline: Deadline,
        cancellation: PromptCancellation = PromptCancellation()
    ) throws(AssuanError) {
        do throws(ChildError) {
            child = try InteractiveChild(with: program, withheld: withheld, apart: apart, gracePeriod: gracePeriod)
        } catch { throw .ended(error) }
        self.deadline = deadline
        self.cancellation = cancellation
    }

    /// Reads the greeting.
    mutating func greet() throws(AssuanError) { try listen() }

    /// Sends a command and waits for its OK.
    ///
    /// - Parameter argument: text for the command; escaped, and truncated if the line would be too long.
    mutating func tell(_ command: String, _ argument: String = "") throws(AssuanError) {
        say(command, argument)
        try listen()
    }

    /// Sends a command that the child may not support; returns whether it does.
    mutating func offer(_ command: String, _ argument: String) throws(AssuanError) -> Bool {
        do throws(AssuanError) { try tell(command, argument) } catch {
            guard case .refused = error else { throw error }
            return false
        }
        return true
    }

    /// Sends a command whose response is data.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of data.
    ///   - statuses: receives the keywords of the status lines before the data.
    mutating func ask(
        _ command: String, limit: Int, statuses: inout [String]
    ) throws(AssuanError) -> SecretBytes {
        say(command, "")
        var answer = AssuanAnswer(limit: limit)
        try listen(&answer)
        statuses = answer.statuses
        return answer.data.copy()
    }

    /// Sends BYE, so that the child ends by itself.
    mutating func leave() {
        say("BYE", "")
        _ = child.end()
    }

    /// Ignores a failed write: the child has ended, which the next read reports.
    private func say(_ command: String, _ argument: String) {
        _ = child.say(argument.isEmpty ? command : command + " " + escaped(argument, limit: 900))
    }

    private mutating func listen() throws(AssuanError) {
        var answer = AssuanAnswer(limit: 0)
        try listen(&answer)
    }

    private mutating func listen(_ answer: inout AssuanAnswer) throws(AssuanError) {
        var isWhole = false
        while !isWhole {
            try hear(&answer.line)
            isWhole = try understand(&answer)
        }
    }

    private mutating func hear(_ line: inout SecretBytes) throws(AssuanError) {
        switch child.hear(&line, limit: Self.lineLimit, until: deadline, cancellation: cancellation) {
        case .line: return
        case .interrupted: throw .interrupted
        case .stopped: throw .stopped
        case .needless: throw .needless
        case .timedOut: throw .timedOut
        case .tooLong: throw .garbled
        case .end: throw .ended(child.end())
        }
    }

    /// Adds a line to the answer; returns whether that completes it.
    private mutating func understand(_ answer: inout AssuanAnswer) throws(AssuanError) -> Bool {
        let hasEnded = try answer.takeLine()
        // The protocol's way to decline an inquiry.
        if answer.wasInquiry { _ = child.say("CAN") }
        return hasEnded
    }
}

/// Non-blocking use, driven by a descriptor.
extension Assuan {
    /// Readable when `proceed` has something to read.
    var descriptor: Int32 { child.descriptor }

    /// Sends a command whose answer `proceed` reads.
    func begin(_ command: String, _ argument: String = "") { say(command, argument) }

    /// Reads what the child has sent so far; returns whether the answer is complete. Never blocks.
    mutating func proceed(_ answer: inout AssuanAnswer) throws(AssuanError) -> Bool {
        while let outcome = child.take(&answer.line, limit: Self.lineLimit) {
            switch outcome {
            case .line: if try understand(&answer) { return true }
            case .end: throw .ended(child.end())
            case .interrupted, .stopped, .needless, .timedOut, .tooLong: throw .garbled
            }
        }
        return false
    }
}
