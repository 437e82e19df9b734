import Linux
import Secrets

/// Why a conversation with a pinentry failed.
enum AssuanError: Error {
    /// A signal for this process waits until the conversation is gone.
    case interrupted
    /// Ctrl-Z: this process is to stop, once it holds nothing that others wait for.
    case stopped
    /// The answer is not needed any more.
    case needless
    /// Nobody answered by the deadline.
    case timedOut
    /// It could not be started, or ended in the middle of an answer.
    case ended(ChildError?)
    /// It said what the protocol does not know.
    case garbled
    /// It answered with more data than is taken.
    case tooLong
    /// It refused a command, with the code of gpg-error.h.
    case refused(code: Int)
    /// What the user gave twice is not the same.
    case different
}

/// The asking side of the Assuan protocol, spoken with a child over pipes.
///
/// The protocol is that of the manual of libassuan, "Client responses" and "Server responses". An error leaves the
/// conversation in order only where it is `.refused`.
struct Assuan: ~Copyable {
    /// The longest line that the protocol allows, in bytes, without its end.
    private static let lineLimit = 1000

    private var child: InteractiveChild
    private let deadline: Deadline
    private let cancellation: PromptCancellation

    /// Starts `program`; its greeting is still to be heard.
    ///
    /// - Parameters:
    ///   - apart: it has no part in the terminal.
    ///   - patience: how long it may take to end, in milliseconds.
    ///   - deadline: for all that is waited for.
    ///   - lettingGo: what else ends the wait, by `.stopped` and `.needless`.
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

    /// Hears the greeting.
    mutating func greet() throws(AssuanError) { try listen() }

    /// Sends a command, and hears that it was done.
    ///
    /// - Parameter argument: text for the command; escaped, and cut where the line would be too long.
    mutating func tell(_ command: String, _ argument: String = "") throws(AssuanError) {
        say(command, argument)
        try listen()
    }

    /// Sends a command that need not be known to the child; whether it is.
    mutating func offer(_ command: String, _ argument: String) throws(AssuanError) -> Bool {
        do throws(AssuanError) { try tell(command, argument) } catch {
            guard case .refused = error else { throw error }
            return false
        }
        return true
    }

    /// Sends a command that is answered with data.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of it.
    ///   - statuses: the keywords of the status lines before it.
    mutating func ask(
        _ command: String, limit: Int, statuses: inout [String]
    ) throws(AssuanError) -> SecretBytes {
        say(command, "")
        var answer = AssuanAnswer(limit: limit)
        try listen(&answer)
        statuses = answer.statuses
        return answer.data.copy()
    }

    /// Says good-bye, so that the child ends by itself.
    mutating func leave() {
        say("BYE", "")
        _ = child.end()
    }

    /// A child that does not read has ended, which shows when it is listened to.
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

    /// Takes a line into the answer; whether that is whole with it.
    private mutating func understand(_ answer: inout AssuanAnswer) throws(AssuanError) -> Bool {
        let hasEnded = try answer.takeLine()
        // The protocol's way not to answer.
        if answer.wasInquiry { _ = child.say("CAN") }
        return hasEnded
    }
}

/// A conversation that is driven by its descriptor.
extension Assuan {
    /// Readable when there is something to `proceed` with.
    var descriptor: Int32 { child.descriptor }

    /// Sends a command, whose answer `proceed` takes.
    func begin(_ command: String, _ argument: String = "") { say(command, argument) }

    /// Takes what the child has said by now; whether the answer is whole. Never waits.
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
