import Failures
import Secrets
import Text

/// Where a command speaks: standard error to people, standard output to who reads its answer.
package protocol Console: AnyObject, Sendable {
    /// People see what is said.
    var isTerminal: Bool { get }
    /// Says a line to people.
    func say(_ line: Shown)
    /// Gives out a secret that was asked for. All of it must go out.
    func give(_ secret: borrowing SecretBytes) throws(Failure)
}

extension Console {
    /// Says something that is neither an answer nor a failure, in one line; what is from outside may stand in it as it is.
    package func note(_ text: String) { say("warder: \(abridged(printable(text)))") }

}

extension Failure {
    /// Says what happened and what to do about it, a line each.
    package func show(on console: any Console) {
        console.note(message)
        console.say("hint: \(abridged(printable(hint)))")
    }
}
