import Linux
import Text

// How child programs failed that should have supplied something, in the user's words.

extension ChildError {
    /// The outcome, worded to follow the program's name. Includes the end of its error output, if the user has not seen
    /// that.
    ///
    /// - Parameter environment: the environment in which the program was looked up.
    package func outcome(in environment: Environment) -> String {
        switch self {
        case .notStarted(_, let code): "could not be started (error \(code))"
        case .failed(let command, let code, let said):
            "ended with code \(code)" + Self.words(code, command, said, in: environment)
        case .killed(_, let signal, let said): "was ended by signal \(signal)" + Self.quoting(said)
        case .timedOut(_, let said): "did not end in time" + Self.quoting(said)
        case .tooMuchOutput(_, let limit): "printed more than \(limit) bytes"
        }
    }

    /// The shell's own exit codes (POSIX.1-2024, Shell Command Language, 2.8.2) say why nothing ran.
    private static func words(_ code: Int32, _ command: String, _ said: String, in environment: Environment) -> String {
        if code == 127, let program = missingProgram(ofShellCommand: command, in: environment) {
            return ": there is no program \(printable(program, limit: 200))"
        }
        let reason = code == 126 ? ": its program cannot be run" : code == 127 ? ": a program is not there" : ""
        return reason + quoting(said)
    }

    fileprivate static func quoting(_ said: String) -> String { said.isEmpty ? "" : "; it said: " + said }
}

extension Failure {
    /// The same failure with the error output of the program.
    package func quoting(_ said: String) -> Failure {
        said.isEmpty ? self : saying(message + ChildError.quoting(said))
    }

    /// - Parameter setting: the setting that names the program.
    package init(_ error: ChildError, _ setting: String, _ environment: Environment) {
        let outcome = error.outcome(in: environment)
        switch error {
        case .notStarted(let program, _):
            self.init(.other, "\(setting) \(outcome): \(program)", hint: "try it by hand")
        case .failed(let program, _, _), .killed(let program, _, _), .timedOut(let program, _):
            self.init(.promptNeeded, "\(setting) (\(program)) \(outcome)", hint: "try it by hand")
        case .tooMuchOutput(let program, _):
            self.init(.promptNeeded, "\(setting) \(outcome): \(program)", hint: "it must print its answer alone")
        }
    }
}
