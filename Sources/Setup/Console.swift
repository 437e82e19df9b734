import Failures
import Secrets
import Text

/// Where a command writes: messages for people to standard error, its answer to standard output.
package protocol Console: AnyObject, Sendable {
    /// A person reads what is said.
    var isTerminal: Bool { get }
    /// Prints a line for people.
    func say(_ line: Shown)
    /// Writes a secret that the caller asked for. All of it must go out.
    func give(_ secret: borrowing SecretBytes) throws(Failure)
}

extension Console {
    /// Prints one line that is neither an answer nor a failure. `text` may contain unescaped text from outside.
    package func note(_ text: String) { say("warder: \(abridged(printable(text)))") }

}

extension Failure {
    /// Prints what happened and what to do about it, one line each.
    package func show(on console: any Console) {
        console.note(message)
        console.say("hint: \(abridged(printable(hint)))")
    }
}
