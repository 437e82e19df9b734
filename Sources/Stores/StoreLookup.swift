import Failures
import Profiles
import Secrets
import Setup
import Vault

/// Which store the keys of this home are in: found once a command, and followed where another process moves them.
final class StoreLookup {
    private let context: Context
    private let stops: PromptStops
    private var present: (any KeyStore)?
    /// Why the first key does not go where it would by default.
    private(set) var passedOver: String?

    init(_ context: Context, _ stops: PromptStops) {
        self.context = context
        self.stops = stops
    }

    /// Where the keys are; nil where there are none yet.
    func store() throws(Failure) -> (any KeyStore)? {
        if present == nil { present = try StoreTable.present(context, stops) }
        return present
    }

    /// The store, which must be there.
    func presentStore() throws(Failure) -> any KeyStore {
        guard let store = try store() else { throw Failure(VaultFileError.absent(path: context.paths.vault)) }
        return store
    }

    /// The vault, for its own upkeep; it need not be there.
    func vaultStore() throws(Failure) -> VaultStore {
        switch try store() {
        case let vault as VaultStore: return vault
        case .some: throw .notInVault
        case nil: return vaultThatIsUsed()
        }
    }

    /// The vault, in whose place a copy is put: it need not be there, nor be readable.
    func vaultToReplace() throws(Failure) -> VaultStore {
        if try SecretServiceStore.present(context, stops) != nil { throw .notInVault }
        return vaultThatIsUsed()
    }

    private func vaultThatIsUsed() -> VaultStore {
        let vault = VaultStore(context, stops)
        present = vault
        return vault
    }

    /// From now on the keys are in `store`.
    func use(_ store: any KeyStore) { present = store }

    /// What the store shows of itself is read each time from now on.
    func lookAgain() { present?.lookAgain() }

    /// Gives up what others wait for.
    func releaseTurn() { present?.releaseTurn() }

    /// Does `work` with the store and, where the keys were moved to the other one meanwhile, once more with that.
    ///
    /// - Parameter moved: told of that before.
    func following<R: ~Copyable>(
        moved: () -> Void, _ work: (any KeyStore) throws(Failure) -> R
    ) throws(Failure) -> R {
        let store = try presentStore()
        store.lookAgain()
        do throws(Failure) { return try work(store) } catch {
            // Where there is nothing at all by now, the first failure says more.
            guard let other = (try? StoreTable.present(context, stops)) ?? nil, other.kind != store.kind else {
                throw error
            }
            present = other
            moved()
            return try work(other)
        }
    }

    /// Chooses the store that a key is to go into: the present one or, for the first key, the one that is wanted, set, or
    /// fits.
    ///
    /// - Parameter wanted: what the command line says.
    func choose(_ wanted: StoreKind?) throws(Failure) {
        let setting = try Settings.load(context).store
        if let present = try store() {
            try context.refuse(present)
            if let wanted, wanted != present.kind {
                throw Failure(
                    .usage, "the keys are in the \(present.kind.spoken)",
                    hint: "to move all of them: warder store move --to \(wanted.rawValue)")
            }
            if let setting, setting.kind != present.kind {
                throw Failure(
                    .badConfig,
                    "\(setting.origin.place): store is \(setting.kind.rawValue), but the keys are in the \(present.kind.spoken)",
                    hint: "move them: warder store move --to \(setting.kind.rawValue); or change the line")
            }
            return
        }
        if let wanted {
            try context.refuse(wanted)
        } else if let setting, let rule = try context.policy().rule(against: setting.kind) {
            throw Failure(
                rule, forbids: "store is \(setting.kind.rawValue) (\(setting.origin.place))",
                hint: "change that line, or take it away")
        }
        let kind: StoreKind
        if let named = wanted ?? setting?.kind { kind = named } else { kind = try defaultKind() }
        use(StoreTable.make(kind, context, stops))
    }

    private func defaultKind() throws(Failure) -> StoreKind {
        let rules = try context.policy()
        for type in StoreTable.all where rules.rule(against: type.kind) == nil {
            guard let obstacle = type.obstacle(context) else { return type.kind }
            passedOver = obstacle
        }
        // The only one that is allowed, even though it is not ready.
        guard rules.rule(against: .file) != nil, let allowed = rules.stores?.value.first else { return .file }
        return allowed
    }
}

extension Failure {
    fileprivate static var notInVault: Failure {
        Failure(
            .usage, "the keys are in the Secret Service, not in a vault",
            hint: "to move them: warder store move --to file")
    }
}
