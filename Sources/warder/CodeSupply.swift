import Linux
import Prompt
import Secrets

/// The one-time codes of one command: that of the command line, which is good for one request, then those that
/// somebody or something is asked for.
final class CodeSupply {
    private var given: String?
    private let mayPrompt: Bool

    init(given: String?, mayPrompt: Bool) {
        self.given = given
        self.mayPrompt = mayPrompt
    }

    /// A code from the command line is there and has not been used.
    var isGiven: Bool { given != nil }

    /// What asks for the next code.
    ///
    /// - Parameter command: `mfa_process`, if the profile has one.
    func next(command: String?) -> CodeSource {
        defer { given = nil }
        return CodeSource(given: given, command: command, mayPrompt: mayPrompt)
    }
}
