import AuditLog
import Failures
import Issuing
import Profiles
import STS
import Setup
import Stores
import Vault

/// A key on its way into the store.
struct KeyToStore {
    /// The name that it gets there.
    let name: KeyName
    let pair: PlaintextPair
    /// The store has exactly this key already.
    let isStored: Bool
}

/// Checks keys at AWS, stores them in one write, and reads them back.
struct KeyStorage {
    let context: Context
    let keys: Keys
    /// Ask AWS whether a key works before it is stored.
    let verifies: Bool
    /// By the id of the key.
    private(set) var identities: [String: CallerIdentity] = [:]

    init(_ context: Context, _ keys: Keys, verifies: Bool) {
        self.context = context
        self.keys = keys
        self.verifies = verifies
    }

    /// Asks AWS whose the key is.
    mutating func verify(_ key: KeyToStore) throws(Failure) {
        guard verifies else { return }
        let calls = try DirectCalls(context, profile: key.pair.profile, region: nil)
        let identity = try calls.callerIdentity(key.pair.credentials)
        context.console.note("\(key.pair.accessKeyID) is \(identity.arn) in account \(identity.account)")
        identities[key.pair.accessKeyID] = identity
    }

    /// Stores those that are not stored yet, reads the store anew, and compares.
    func store(_ all: [KeyToStore]) throws(Failure) {
        let new = all.filter { !$0.isStored }
        if let passedOver = keys.passedOver, !new.isEmpty, try !keys.vaultStore().exists() {
            context.console.note("the keys go to a vault, not to the desktop's keyring: \(passedOver)")
        }
        let added = try put(new)
        try keys.readAgain()
        let kind = try keys.presentStore().kind.spoken
        for key in all {
            guard try isThere(key) == true else {
                throw Failure(
                    .other, "the \(kind) does not hold the key \(key.name) as it was given",
                    hint: "no file was changed; see warder list")
            }
        }
        for key in all {
            let what = "the key \(key.name) (\(key.pair.accessKeyID))"
            let isNew = added.contains(key.name)
            if isNew {
                context.record(Event(.imported, profile: key.name.text, keyID: key.pair.accessKeyID))
            }
            context.console.note(isNew ? "stored \(what) in the \(kind)" : "\(what) is in the \(kind) already")
        }
    }

    /// Stores keys in one write, and returns their names. The very same key is no conflict: another import may have stored
    /// it since the look.
    private func put(_ new: [KeyToStore]) throws(Failure) -> [KeyName] {
        var missing = new
        while !missing.isEmpty {
            do throws(Failure) {
                try keys.put(missing.map(record))
                break
            } catch {
                let left = try lacking(missing, after: error)
                guard left.count < missing.count else { throw error }
                missing = left
            }
        }
        return missing.map(\.name)
    }

    /// Those that the store does not have by now, after a write failed. Fails if the name of one has another key.
    private func lacking(_ new: [KeyToStore], after failure: Failure) throws(Failure) -> [KeyToStore] {
        do throws(Failure) { try keys.readAgain() } catch { throw failure }
        var left: [KeyToStore] = []
        for key in new {
            switch try isThere(key) {
            case nil: left.append(key)
            case false?: throw .taken(key.pair, as: key.name)
            case true?: break
            }
        }
        return left
    }

    /// Whether the key of that name is this one; nil if there is none.
    private func isThere(_ key: KeyToStore) throws(Failure) -> Bool? {
        switch try keys.recordBefore(key.name) {
        case .some(let stored): key.pair.isSame(as: stored.summary.accessKeyID, stored.secret)
        case .none: nil
        }
    }

    private func record(_ key: KeyToStore) -> SharedRecord {
        let identity = identities[key.pair.accessKeyID]
        let summary = AccessKeySummary(
            name: key.name, accessKeyID: key.pair.accessKeyID, createdAt: UInt64(max(0, context.now)),
            accountID: identity?.account, principalARN: identity?.arn)
        return SharedRecord(AccessKeyRecord(summary, secret: key.pair.secret.copy()))
    }
}
