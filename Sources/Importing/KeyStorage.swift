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
        if !new.isEmpty { try keys.put(new.map(record)) }
        try keys.readAgain()
        let kind = try keys.presentStore().kind.spoken
        for key in all {
            guard let stored = try keys.recordBefore(key.name),
                key.pair.isSame(as: stored.summary.accessKeyID, stored.secret)
            else {
                throw Failure(
                    .other, "the \(kind) does not hold the key \(key.name) as it was given",
                    hint: "no file was changed; see warder list")
            }
        }
        for key in all {
            let what = "the key \(key.name) (\(key.pair.accessKeyID))"
            if !key.isStored {
                context.record(Event(.imported, profile: key.name.text, keyID: key.pair.accessKeyID))
            }
            context.console.note(key.isStored ? "\(what) is in the \(kind) already" : "stored \(what) in the \(kind)")
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
