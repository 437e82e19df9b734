import AuditLog
import Failures
import Secrets
import Stores
import Vault

/// Other names that the very same key is stored under. They get the new key too, before the old one goes.
struct TwinKeys {
    private let keys: Keys

    init(_ keys: Keys) { self.keys = keys }

    /// Puts the key of `record` wherever the old one is stored.
    ///
    /// - Parameter old: the id of the key that `record` had.
    func replace(_ old: String, with record: borrowing AccessKeyRecord) throws(Failure) {
        let summary = record.summary
        for key in try keys.summaries() where key.accessKeyID == old && key.name != summary.name {
            let name = key.name
            let new = NewSecret(record)
            let isDone = try keys.changeKey(name, if: { $0.summary.accessKeyID == old }) { twin in
                twin.summary.accessKeyID = summary.accessKeyID
                twin.summary.createdAt = summary.createdAt
                twin.secret = new.secret.copy()
            }
            guard isDone else { throw Failure.changedWhileRotating(name.text) }
            keys.context.record(Event(.rotated, profile: name.text, keyID: summary.accessKeyID))
            keys.context.console.note("\(name): had the same key, and has the new one too")
        }
    }
}

/// A secret that a closure may hold on to.
private final class NewSecret {
    let secret: SecretBytes

    init(_ record: borrowing AccessKeyRecord) { secret = record.secret.copy() }
}
