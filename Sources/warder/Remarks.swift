import Glibc

/// What is said beside an answer. The helper of an SDK says nothing where all went well, unless a terminal shows it: SDKs
/// that read both streams as one would take it for a part of the answer. Where it fails, all of it is said.
final class Remarks {
    private let areHeld: Bool
    private var held: [String] = []

    /// - Parameter isHelper: an SDK reads what this process prints.
    init(isHelper: Bool) { areHeld = isHelper && isatty(STDERR_FILENO) != 1 }

    /// Says it, now or when this fails; what is from outside may stand in it as it is.
    func add(_ text: String) {
        guard areHeld else { return note(text) }
        held.append(text)
    }

    /// This has failed.
    func release() {
        for text in held { note(text) }
        held = []
    }
}
