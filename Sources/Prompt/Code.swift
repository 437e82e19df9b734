import Linux
import Secrets

/// Why there is no one-time code.
public enum CodeError: Error, Equatable, Sendable {
    /// Prompts are switched off, and there is no other source.
    case notAllowed
    /// The terminal gave none.
    case terminal(TerminalError)
    /// `mfa_process` gave none.
    case command(ChildError)
    /// What was given is not six digits.
    case notACode
}

/// Where a one-time code comes from: `--mfa-code`, `mfa_process`, or the terminal.
public struct CodeSource: Sendable {
    /// The code of the command line; used once.
    private let given: String?
    /// The command of `mfa_process`.
    private let command: String?
    private let mayPrompt: Bool

    /// Puts the sources together; the first of them that is there is used.
    public init(given: String?, command: String?, mayPrompt: Bool) {
        self.given = given
        self.command = command
        self.mayPrompt = mayPrompt
    }

    /// A second code may be asked for after a wrong one: only a person has another.
    public var canAskAgain: Bool { given == nil && command == nil && mayPrompt }

    /// Gets a code, six digits.
    ///
    /// - Parameter question: what the terminal shows, as `code of arn:aws:iam::1…:mfa/alice: `.
    public func code(asking question: String) throws(CodeError) -> SecretBytes {
        let code: SecretBytes
        if let given {
            var copy = SecretBytes(capacity: 16)
            copy.append(given)
            code = copy
        } else if let command {
            return try Prompt.code(ofCommand: command)
        } else {
            guard mayPrompt else { throw .notAllowed }
            do throws(TerminalError) {
                code = try Terminal.open().ask(question, hidden: false, limit: 64, until: Patience.deadline)
            } catch { throw .terminal(error) }
        }
        guard let digits = sixDigits(of: code) else { throw .notACode }
        return digits
    }
}

/// Gets a code from the command of `mfa_process`, six digits.
///
/// Its failure is `.command` or `.notACode`; it is killed at the deadline: unless told, after the
/// time that a person has to answer.
public func code(
    ofCommand command: String, until deadline: Deadline = Patience.deadline
) throws(CodeError) -> SecretBytes {
    let printed: SecretBytes
    do throws(ChildError) {
        printed = try output(
            ofShellCommand: command, withheld: PassphraseSource.variables, limit: 256, until: deadline)
    } catch { throw .command(error) }
    guard let digits = sixDigits(of: printed) else { throw .notACode }
    return digits
}
