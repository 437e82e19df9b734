import Failures
import Profiles
import Setup
import Stores
import Text

/// Implements `warder import --from aws-vault`: its keys go into the store, and profiles that ask it ask warder.
package struct AWSVaultImport {
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
    /// - Parameters:
    ///   - wanted: the names of the keys; all if there are none.
    ///   - reading: take the keys out of aws-vault, and open the store, which may prompt.
    package func plan(_ wanted: [String], reading: Bool) throws(Failure) -> AWSVaultPlan {
        let vault = try AWSVault(context)
        let there = try vault.names()
        for name in wanted where !there.contains(where: { $0.isSame(as: name) }) {
            throw Failure(
                .notFound, "aws-vault has no key named \(name)", hint: "see what it has: aws-vault list --credentials"
            ).suggesting(nearest(to: name, among: there))
        }
        let names = there.filter { wanted.isEmpty || wanted.contains($0) }
        var pairs: [PlaintextPair] = []
        if reading {
            for name in names where !name.begins(with: "-") { pairs.append(try vault.key(name)) }
            try keys.chooseStore(store)
        }
        let files = try ProfileLoading(context).profiles().indexed()
        let twins = try StoredTwins(keys, opening: reading && !pairs.isEmpty)
        let plan = try AWSVaultPlan(context, files, names: names, pairs: pairs, isLimited: !wanted.isEmpty, twins)
        if !wanted.isEmpty, let (name, failure) = plan.refused.first, wanted.contains(name) { throw failure }
        return plan
    }

    /// Checks the keys, stores them, and changes the config file. Returns what was done.
    package func carryOut(_ wanted: AWSVaultPlan) throws(Failure) -> AWSVaultPlan {
        if let config = wanted.files.config, !wanted.edits.isEmpty {
            try ConfigRewrite.check(config.path, "the config file")
        }
        var storage = KeyStorage(context, keys, verifies: verifies)
        let plan = try verified(wanted, &storage)
        if !plan.keys.isEmpty { try storage.store(plan.keys) }
        // Here the keys are imported, whatever becomes of the config file.
        if let config = plan.files.config, !plan.edits.isEmpty {
            try ConfigRewrite(context).replace(config, at: config.path, with: config.edited(plan.edits))
            for (name, _) in plan.profiles { context.console.note("\(name) asks warder from now on, not aws-vault") }
        }
        return plan
    }

    /// What is left of the plan: keys that AWS refuses stay where they are, unless the command line names them.
    private func verified(_ plan: AWSVaultPlan, _ storage: inout KeyStorage) throws(Failure) -> AWSVaultPlan {
        var refusals: [(name: String, failure: Failure)] = []
        for key in plan.keys {
            do throws(Failure) { try storage.verify(key) } catch {
                guard error.code == .refused, !plan.isLimited else { throw error }
                refusals.append((key.name.text, error))
            }
        }
        return refusals.isEmpty ? plan : try plan.without(refusals)
    }
}

extension AWSVaultPlan {
    /// There is nothing to import, and no profile to change.
    package var isEmpty: Bool { names.isEmpty && edits.isEmpty }

    /// How many keys there are to import, in words.
    package var count: String { names.count == 1 ? "1 key of aws-vault" : "\(names.count) keys of aws-vault" }

    /// The keys, and the profiles that will ask for them.
    package var shown: Shown {
        let rows = names.map { name in
            let key = keys.first { $0.name.text.isSame(as: name) }
            return [name, key?.pair.accessKeyID ?? "–", key?.isStored == true ? "yes" : "no"]
        }
        return table(["KEY", "ID", "STORED ALREADY"], rows)
    }

    /// The change of the config file as a unified diff; secrets are masked.
    package var difference: [String] {
        guard let config = files.config, !edits.isEmpty else { return [] }
        return config.masked().difference(edits)
    }

    /// Says how to take the keys out of aws-vault, which warder does not do, and what was not imported.
    ///
    /// - Parameter isDone: the keys are stored.
    package func finish(isDone: Bool) throws(Failure) {
        if isDone, !keys.isEmpty {
            context.console.note("aws-vault still has its keys; once all works with warder, remove them:")
            for key in keys { context.console.say("  aws-vault remove \(printable(shellWord(key.name.text)))") }
        }
        for (_, failure) in refused.dropLast() { failure.show(on: context.console) }
        if let (_, failure) = refused.last { throw failure }
        if isEmpty { context.console.note("aws-vault has no key, and no profile asks it") }
    }
}
