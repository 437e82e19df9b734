import Synchronization

/// A policy, and whether a dialog was announced.
final class DialogGate: Sendable {
    private let policy: DialogPolicy
    private let isAnnounced = Atomic(false)

    init(_ policy: DialogPolicy) { self.policy = policy }

    /// Whether the service may show one.
    var areAllowed: Bool {
        if case .allowed = policy { true } else { false }
    }

    /// Announces the first one.
    ///
    /// - Throws: `.locked` where none is allowed.
    func announce() throws(SecretServiceError) {
        guard case .allowed(let announce) = policy else { throw .locked }
        if !isAnnounced.exchange(true, ordering: .relaxed) { announce() }
    }
}
