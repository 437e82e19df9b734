import Failures
import Secrets
import Stores
import Vault

/// What is stored with a key about its rotation. Each step is noted before it is taken, so that whatever a run leaves
/// undone, the next one knows of.
struct RotationJournal {
    let keys: Keys
    let name: KeyName

    /// Notes a step, if the key is still the one that this run knows.
    ///
    /// - Parameters:
    ///   - known: the key in use, and the step before.
    ///   - secret: the new key's, for `created`.
    func note(
        _ rotation: KeyRotation?, secret: consuming SecretBytes? = nil, after known: AccessKeySummary
    ) throws(Failure) {
        let box = SecretBox(secret)
        try change(known) { $0.note(rotation, secret: box.secret) }
    }

    /// Puts the new key in the old one's place.
    func replaceKey(retireAt: UInt64, keeps: Bool, after known: AccessKeySummary) throws(Failure) {
        try change(known) { _ = $0.replaceKey(retireAt: retireAt, keeps: keeps) }
    }

    private func change(
        _ known: AccessKeySummary, _ body: @escaping (inout AccessKeyRecord) -> Void
    ) throws(Failure) {
        let isDone = try keys.changeKey(
            name, if: { $0.summary.accessKeyID == known.accessKeyID && $0.rotation == known.rotation }, body)
        guard isDone else { throw Failure.changedWhileRotating(name.text) }
    }
}

/// A secret that a closure may hold on to.
private final class SecretBox {
    let secret: SecretBytes?

    init(_ secret: consuming SecretBytes?) { self.secret = secret }
}

extension AccessKeyRecord {
    /// The key in use, ready to sign.
    borrowing func credentials() -> Credentials {
        Credentials(
            accessKeyID: summary.accessKeyID, secret: secret.copy(), sessionToken: nil, expiration: nil,
            accountID: summary.accountID)
    }

    /// The new key, ready to sign, from when it is stored until it takes the old one's place.
    borrowing func newCredentials() -> Credentials? {
        guard case .created(let id, _) = rotation, let secret = newSecret() else { return nil }
        return Credentials(
            accessKeyID: id, secret: secret, sessionToken: nil, expiration: nil, accountID: summary.accountID)
    }
}
