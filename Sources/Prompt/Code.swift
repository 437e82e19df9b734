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
            do throws(ChildError) {
                code = try output(
                    ofShellCommand: command, withheld: PassphraseSource.variables, limit: 256, until: Patience.deadline)
            } catch { throw .command(error) }
        } else {
            guard mayPrompt else { throw .notAllowed }
            do throws(TerminalError) {
                code = try Terminal.open().ask(question, hidden: false, limit: 64, until: Patience.deadline)
            } catch { throw .terminal(error) }
        }
        return try digits(of: code)
    }

    /// The six digits, which apps show as `123 456`.
    private func digits(of text: borrowing SecretBytes) throws(CodeError) -> SecretBytes {
        var digits = SecretBytes(capacity: 6)
        for index in 0..<text.count {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(text[index])
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            default: throw .notACode
            }
        }
        guard digits.count == 6 else { throw .notACode }
        return digits
    }
}
