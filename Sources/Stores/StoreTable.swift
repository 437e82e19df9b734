import Failures
import Setup

/// The stores there are.
enum StoreTable {
    /// In the order in which the keys are looked for, and the first key's place is chosen.
    static let all: [any KeyStore.Type] = [SecretServiceStore.self, VaultStore.self]

    /// The store that the keys of this home are in; nil where there are none yet.
    static func present(_ context: Context, _ stops: PromptStops) throws(Failure) -> (any KeyStore)? {
        for type in all {
            if let store = try type.present(context, stops) { return store }
        }
        return nil
    }

    /// A store of this kind, whether it is made already or not.
    static func make(_ kind: StoreKind, _ context: Context, _ stops: PromptStops) -> any KeyStore {
        (all.first { $0.kind == kind } ?? VaultStore.self).init(context, stops)
    }

    /// Fails where the keys are in another store than one of this kind: those in two would be out of each other's sight.
    static func refuseOther(than kind: StoreKind, _ context: Context) throws(Failure) {
        for type in all where type.kind != kind {
            if try type.present(context, PromptStops()) != nil { throw Failure.moved }
        }
    }
}
