import Failures
import Secrets
import Sessions
import Setup
import Vault

/// What a store shows of itself without being opened.
package struct StoreHead {
    /// Tells it from other stores of the same user: what lies unlocked belongs to it.
    package let identifier: String
    /// Which state of it a noted list of keys belongs to.
    package let generation: UInt64
}

/// How a store was opened, which decides whom else that serves.
package struct StoreOpening {
    /// What lets a store open.
    package enum Method: Sendable {
        /// A person's passphrase or code, typed for it.
        case typed
        /// A passphrase that a variable, a command or a credential gives: it is meant for the process that has it.
        case unattended
        /// The store itself, or what `warder unlock --keys` left: it opens for everybody.
        case unasked
    }

    package var method = Method.unasked
    /// When it began; nil before that.
    package var snapshot: LockSnapshot?
}

/// Where long-term keys live, as commands use it: opened no further than needed, and asking no more than allowed.
package protocol KeyStore: AnyObject {
    var kind: StoreKind { get }
    /// Nil where the store is not there yet.
    func head() throws(Failure) -> StoreHead?
    /// The key that encrypts sessions is at hand in this process.
    var isOpen: Bool { get }
    /// How it came to be open.
    var opening: StoreOpening { get }
    /// Opens the store for its session-cache key, unless that has become unnecessary by the time its lock is had: of a
    /// hundred processes that start at once, one opens it.
    ///
    /// - Parameters:
    ///   - isDone: asked under the lock.
    ///   - finish: makes the key available to the others, before the lock goes.
    func open(unless isDone: @escaping () -> Bool, finish: (borrowing SecretBytes) -> Void) throws(Failure)
    /// The key that encrypts sessions, 32 bytes.
    func sessionCacheKey() throws(Failure) -> SecretBytes
    /// A stored key; nil where there is none of this name.
    func record(_ name: KeyName) throws(Failure) -> AccessKeyRecord?
    /// What may be shown of each key, read from the store itself.
    ///
    /// - Parameter noted: what was known of them before, for what the store does not show.
    func listing(noted: [IndexedKey]) throws(Failure) -> [IndexedKey]
    /// Stores a key; one of the same name is an error, or goes, and leaves its seed of one-time codes to a new one that
    /// has none: the seed belongs to the user's device, not to the key.
    func put(_ record: borrowing AccessKeyRecord, replacing: Bool) throws(Failure)
    /// Changes a stored key; what may be shown of it then.
    func change(
        _ name: KeyName, _ body: @escaping (inout AccessKeyRecord) -> Void
    ) throws(Failure) -> AccessKeySummary
    /// Deletes a key.
    func remove(_ name: KeyName) throws(Failure)
}

extension IndexedKey {
    /// What a list shows of a stored key.
    ///
    /// - Parameter keepsSeed: it took over the seed of the one that it replaced.
    init(_ summary: AccessKeySummary, keepsSeed: Bool = false) {
        self.init(
            name: summary.name.text, accessKeyID: summary.accessKeyID, accountID: summary.accountID,
            createdAt: Int64(clamping: summary.createdAt), hasTOTPSeed: summary.hasTOTPSeed || keepsSeed)
    }
}
