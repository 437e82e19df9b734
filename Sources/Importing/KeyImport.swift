import Failures
import Issuing
import Linux
import Profiles
import STS
import Secrets
import Setup
import Stores
import Text
import Vault

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
        let (plan, identities) = try verified(plan)
        guard !plan.items.isEmpty else { return plan }
        try storeKeys(plan, identities)
        try write(plan)
        return plan
    }

    /// Asks AWS whose the keys are, and returns what is left of the plan: keys that AWS refuses stay where they are.
    private func verified(_ plan: ImportPlan) throws(Failure) -> (ImportPlan, [String: CallerIdentity]) {
        guard verifies else { return (plan, [:]) }
        var identities: [String: CallerIdentity] = [:]
        var wishes = plan.wishes
        for item in plan.keysToStore + plan.keysStored {
            do throws(Failure) {
                let calls = try DirectCalls(context, profile: item.profile, region: nil)
                let identity = try calls.callerIdentity(item.pair.credentials)
                context.console.note(
                    "\(item.pair.accessKeyID) is \(identity.arn) in account \(identity.account)")
                identities[item.key.text] = identity
            } catch {
                guard error.code == .refused, plan.wishes.names.isEmpty else { throw error }
                wishes.excluded += plan.items.filter { $0.key == item.key }.map { ($0.profile, error) }
            }
        }
        guard wishes.excluded.count > plan.wishes.excluded.count else { return (plan, identities) }
        return (try self.plan(wishes, opening: true), identities)
    }

    private func write(_ plan: ImportPlan) throws(Failure) {
        do throws(Failure) { try plan.writeFiles() } catch {
            let hint = error.hint.isSame(as: "run the command again") ? "" : error.hint + "; then "
            throw Failure(
                error.code, "the keys are stored, and in plain text too: \(error.message)",
                hint: hint.replacingNothingChanged + "run warder import again", cause: error.cause)
        }
        for item in plan.items {
            context.console.note("\(item.profile) asks warder from now on, and its lines of the key are gone")
        }
    }

    private func storeKeys(_ plan: ImportPlan, _ identities: [String: CallerIdentity]) throws(Failure) {
        let new = plan.keysToStore
        if let passedOver = keys.passedOver, !new.isEmpty, try !keys.vaultStore().exists() {
            context.console.note("the keys go to a vault, not to the desktop's keyring: \(passedOver)")
        }
        if !new.isEmpty { try keys.put(new.map { record($0, identities[$0.key.text]) }) }
        try keys.readAgain()
        for item in plan.items {
            guard let stored = try keys.recordBefore(item.key),
                item.pair.isSame(as: stored.summary.accessKeyID, stored.secret)
            else {
                throw Failure(
                    .other, "the \(try keys.presentStore().kind.spoken) does not hold the key \(item.key) as it was given",
                    hint: "no file was changed; see warder list")
            }
        }
        let kind = try keys.presentStore().kind.spoken
        for item in new { context.console.note("stored the key \(item.key) (\(item.pair.accessKeyID)) in the \(kind)") }
        for item in plan.keysStored {
            context.console.note("the key \(item.key) (\(item.pair.accessKeyID)) is in the \(kind) already")
        }
    }

    private func record(_ item: ImportPlan.Item, _ identity: CallerIdentity?) -> SharedRecord {
        let summary = AccessKeySummary(
            name: item.key, accessKeyID: item.pair.accessKeyID, createdAt: UInt64(max(0, context.now)),
            accountID: identity?.account, principalARN: identity?.arn)
        return SharedRecord(AccessKeyRecord(summary, secret: item.pair.secret.copy()))
    }
}

extension String {
    /// A hint of a failed write, without its assurance, which holds for that file alone.
    fileprivate var replacingNothingChanged: String {
        let assurance = ": nothing was changed"
        guard let start = utf8.indices.first(where: { utf8[$0...].starts(with: assurance.utf8) }) else { return self }
        return String(self[..<start]) + String(decoding: utf8[start...].dropFirst(assurance.utf8.count), as: UTF8.self)
    }
}
