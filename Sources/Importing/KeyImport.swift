import Failures
import Issuing
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
    /// The user may be asked more than whether to import.
    let mayAsk: Bool

    /// - Parameters:
    ///   - verifies: ask AWS whether a key works before it is stored.
    ///   - store: where the first key goes.
    ///   - mayAsk: the user may be asked more than whether to import.
    ///   - keys: the store, if it was opened already.
    package init(_ context: Context, verifies: Bool, store: StoreKind?, mayAsk: Bool, keys: Keys? = nil) {
        self.context = context
        self.verifies = verifies
        self.mayAsk = mayAsk
        self.store = store
        self.keys = keys ?? Keys(context)
    }

    /// The store opens for SDKs without a prompt.
    package var opensUnasked: Bool { (try? keys.presentStore().opensUnasked()) == true }

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
        let plan = try keepingIAM(verified(plan, &storage))
        guard !plan.items.isEmpty else { return plan }
        try storage.store(plan.keys)
        // Here the keys are imported, whatever becomes of the files.
        let linked = plan.otherNames
        try write(plan)
        for (path, inode) in linked {
            context.console.note(
                "\(path) had other names (hard links), which still hold the keys: find / -inum \(inode)")
        }
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
        return try plan.again(wishes)
    }

    /// The plan with `warder_session = off` for keys that call IAM, where that is wanted: a session that was made without
    /// a code could not.
    private func keepingIAM(_ plan: ImportPlan) throws(Failure) -> ImportPlan {
        let profiles = try profilesCallingIAM(plan)
        guard !profiles.isEmpty, verifies || plan.wishes.keepsIAM else { return plan }
        if !plan.wishes.keepsIAM {
            context.console.note(
                "\(listed(profiles)): the key can call IAM (iam:GetUser), but a session without MFA cannot")
            guard try wantsNoSession() else {
                context.console.say("hint: write warder_session = off there, or mfa_serial = ARN, if you need IAM")
                return plan
            }
        }
        var wishes = plan.wishes
        wishes.withoutSession = Set(profiles)
        return try plan.again(wishes)
    }

    private func wantsNoSession() throws(Failure) -> Bool {
        guard mayAsk else { return false }
        let question = "let the key itself sign there (warder_session = off)?"
        return try context.confirm(question, otherwise: false, unasked: false)
    }

    /// The profiles without an MFA device whose key calls IAM; all without one if AWS is not to be asked.
    private func profilesCallingIAM(_ plan: ImportPlan) throws(Failure) -> [String] {
        let items = plan.withoutDevice
        guard verifies else { return items.map(\.profile) }
        var calling: [String] = []
        for key in plan.keys {
            let users = items.filter { $0.key == key.name }.map(\.profile)
            guard let first = users.first else { continue }
            let calls = try DirectCalls(context, profile: first, region: nil)
            if calls.mayCallIAM(key.pair.credentials) { calling += users }
        }
        return calling
    }

    /// Whether the files, read anew, hold none of the keys any more, and the profiles ask warder.
    private func isDoneMeanwhile(_ plan: ImportPlan) throws(Failure) -> Bool {
        let files = try ProfileLoading(context).profiles().indexed()
        let plaintext = Set(files.plaintextProfiles)
        return plan.items.allSatisfy { item in
            !plaintext.contains(item.profile) && (try? files.profile(item.profile)?.asksWarder()) == true
        }
    }

    private func write(_ plan: ImportPlan) throws(Failure) {
        do throws(Failure) { try plan.writeFiles() } catch {
            guard (try? isDoneMeanwhile(plan)) == true else { throw error.withKeysStored }
            return context.console.note("another import has changed the files meanwhile, in the same way")
        }
        for item in plan.items {
            context.console.note("\(item.profile) asks warder from now on; the lines of its key are gone")
        }
        for name in plan.adopted {
            context.console.note("\(name), which depends on an imported key, asks warder from now on")
        }
    }
}

extension Failure {
    /// A failed write of a file, once the keys are stored.
    fileprivate var withKeysStored: Failure {
        let again = "run the command again"
        let hint = hint.isSame(as: again) ? "" : hint.without(": nothing was changed") + "; then "
        return Failure(
            code, "the keys are stored, but the files still hold them in plain text: \(message)",
            hint: hint + "run warder import again",
            cause: cause)
    }
}

extension String {
    fileprivate func without(_ part: String) -> String {
        guard let start = utf8.indices.first(where: { utf8[$0...].starts(with: part.utf8) }) else { return self }
        return String(self[..<start]) + String(Substring(utf8[start...].dropFirst(part.utf8.count)))
    }
}
