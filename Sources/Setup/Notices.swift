/// Messages besides an answer. A helper of an SDK prints none of them on success, unless standard error is a terminal:
/// SDKs that read both streams as one would take them for part of the answer. On failure it prints all of them.
package final class Notices {
    private let console: any Console
    private let areHeld: Bool
    private var held: [String] = []

    /// - Parameter isHelper: an SDK reads what this process prints.
    init(isHelper: Bool, _ console: any Console) {
        self.console = console
        areHeld = isHelper && !console.isTerminal
    }

    /// Prints the message, now or when this command fails; it may contain unescaped text from outside.
    package func add(_ text: String) {
        guard areHeld else { return console.note(text) }
        held.append(text)
    }

    /// Call when the command has failed: prints what was held back.
    package func release() {
        for text in held { console.note(text) }
        held = []
    }
}
