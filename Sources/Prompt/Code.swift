import Linux
import Secrets

/// Why no one-time code could be read from a command, where no user is asked.
public enum CodeError: Error, Equatable, Sendable {
    /// The command of `mfa_process` failed.
    case command(ChildError)
    /// The given text is not six digits.
    case notACode
    /// The command of `mfa_process` did not print six digits. `said` is the end of its messages, unless the user saw
    /// them.
    case commandGaveNoCode(said: String)
}

/// Runs the command of `mfa_process` to get a six-digit code.
///
/// The command is killed at the deadline, by default after the time that a person has to answer.
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
