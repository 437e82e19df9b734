import Linux
import Secrets

/// Why there is no one-time code, where no person is asked for it.
public enum CodeError: Error, Equatable, Sendable {
    /// `mfa_process` gave none.
    case command(ChildError)
    /// What was given is not six digits.
    case notACode
    /// What `mfa_process` printed is not six digits. What it `said` is the end of its messages, if nobody saw them.
    case commandGaveNoCode(said: String)
}

/// Gets a code from the command of `mfa_process`, six digits.
///
/// It is killed at the deadline: unless told, after the time that a person has to answer.
public func code(
    ofCommand command: String, until deadline: Deadline = PromptTimeout.deadline
) throws(CodeError) -> SecretBytes {
    let answer: CommandOutput
    do throws(ChildError) {
        answer = try Linux.commandOutput(
            ofShellCommand: command, withheld: PassphraseSource.variables, limit: 256, until: deadline)
    } catch { throw .command(error) }
    guard let digits = sixDigits(of: answer.text) else { throw .commandGaveNoCode(said: answer.said()) }
    return digits
}
