/// What is said beside an answer. The helper of an SDK says nothing where all went well, unless a terminal shows it: SDKs
/// that read both streams as one would take it for a part of the answer. Where it fails, all of it is said.
package final class Remarks {
    private let console: any Console
    private let areHeld: Bool
    private var held: [String] = []

    /// - Parameter isHelper: an SDK reads what this process prints.
    init(isHelper: Bool, _ console: any Console) {
        self.console = console
        areHeld = isHelper && !console.isTerminal
    }

    /// Says it, now or when this fails; what is from outside may stand in it as it is.
    package func add(_ text: String) {
        guard areHeld else { return console.note(text) }
        held.append(text)
    }

    /// This has failed.
    package func release() {
        for text in held { console.note(text) }
        held = []
    }
}
