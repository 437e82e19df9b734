import Failures
import Linux
import Profiles
import Setup
import Stores
import Text

/// Implements `warder import` from the AWS files: the plaintext keys go into the store, and their lines away.
///
/// The order keeps each key in a file or in the store, and each profile working, wherever the process is killed: all
/// keys are stored in one write and read back, then the config file asks warder, which SDKs pass over as long as the
/// key's lines are there, and then these lines go. The next run finishes.
package struct KeyImport {
    let context: Context
    let keys: Keys
    let verifies: Bool
    let store: StoreKind?

    /// - Parameters:
    ///   - verifies: ask AWS whether a key works before it is stored.
    ///   - store: where the first key goes.
    package init(_ context: Context, verifies: Bool, store: StoreKind?) {
        self.context = context
        self.verifies = verifies
        self.store = store
        keys = Keys(context)
    }

    /// What is to be done.
    ///
    /// - Parameter opening: open the store, which may prompt, if there is a key to store.
    package func plan(_ wishes: ImportPlan.Wishes, opening: Bool) throws(Failure) -> ImportPlan {
        let files = try ProfileLoading(context).profiles().indexed()
        if let config = files.config, let credentials = files.credentials,
            let identity = FileIdentity(at: config.path), identity == FileIdentity(at: credentials.path)
        {
            throw Failure(
                .badConfig, "\(config.path) is the config file and the credentials file at once",
                hint: "put the keys into a file of their own, which AWS_SHARED_CREDENTIALS_FILE names")
        }
        let isNeeded = opening && !FoundKeys(files, names: wishes.names).pairs.isEmpty
        if opening { try keys.chooseStore(store) }
        return try ImportPlan(context, files, wishes, StoredTwins(keys, opening: isNeeded))
    }

    /// Checks the keys, stores them, and changes the files. Returns what was done.
    package func carryOut(_ plan: ImportPlan) throws(Failure) -> ImportPlan {
        try plan.checkFiles()
        var storage = KeyStorage(context, keys, verifies: verifies)
        let plan = try verified(plan, &storage)
        guard !plan.items.isEmpty else { return plan }
        try storage.store(plan.keys)
        // Here the keys are imported, whatever becomes of the files.
        try write(plan)
        return plan
    }

    /// What is left of the plan: keys that AWS refuses stay where they are, unless the command line names them.
    private func verified(_ plan: ImportPlan, _ storage: inout KeyStorage) throws(Failure) -> ImportPlan {
        var wishes = plan.wishes
        for key in plan.keys {
            do throws(Failure) { try storage.verify(key) } catch {
                guard error.code == .refused, plan.wishes.names.isEmpty else { throw error }
                wishes.excluded += plan.items.filter { $0.key == key.name }.map { ($0.profile, error) }
            }
        }
        guard wishes.excluded.count > plan.wishes.excluded.count else { return plan }
        return try self.plan(wishes, opening: true)
    }

    private func write(_ plan: ImportPlan) throws(Failure) {
        do throws(Failure) { try plan.writeFiles() } catch { throw error.withKeysStored }
        for item in plan.items {
            context.console.note("\(item.profile) asks warder from now on, and its lines of the key are gone")
        }
    }
}

extension Failure {
    /// A failed write of a file, once the keys are stored.
    fileprivate var withKeysStored: Failure {
        let again = "run the command again"
        let hint = hint.isSame(as: again) ? "" : hint.without(": nothing was changed") + "; then "
        return Failure(
            code, "the keys are stored, and in plain text too: \(message)", hint: hint + "run warder import again",
            cause: cause)
    }
}

extension String {
    fileprivate func without(_ part: String) -> String {
        guard let start = utf8.indices.first(where: { utf8[$0...].starts(with: part.utf8) }) else { return self }
        return String(self[..<start]) + String(Substring(utf8[start...].dropFirst(part.utf8.count)))
    }
}
