import Synchronization

/// The dialog policy, and whether a dialog has been announced.
final class DialogGate: Sendable {
    private let policy: DialogPolicy
    private let isAnnounced = Atomic(false)

    init(_ policy: DialogPolicy) { self.policy = policy }

    /// Whether the service may show a dialog.
    var areAllowed: Bool {
        if case .allowed = policy { true } else { false }
    }

    /// Announces the first dialog.
    ///
    /// - Throws: `.locked` if none is allowed.
    func announce() throws(SecretServiceError) {
        guard case .allowed(let announce) = policy else { throw .locked }
        if !isAnnounced.exchange(true, ordering: .relaxed) { announce() }
    }
}
