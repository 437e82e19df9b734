import Failures
import Secrets
import Setup
import Synchronization
import Text

/// Remembers what a command says and gives out.
package final class RecordingConsole: Console {
    private struct State {
        var lines: [String] = []
        var given: [String] = []
    }
    private let state = Mutex(State())
    package let isTerminal: Bool

    package init(isTerminal: Bool = false) { self.isTerminal = isTerminal }

    /// What people were told, a line each.
    package var lines: [String] { state.withLock { $0.lines } }
    /// The answers.
    package var given: [String] { state.withLock { $0.given } }

    package func say(_ line: Shown) { state.withLock { $0.lines.append(line.text) } }

    package func give(_ secret: borrowing SecretBytes) throws(Failure) {
        let text = text(secret)
        state.withLock { $0.given.append(text) }
    }
}
