import AuditLog
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Vault

/// How a store was opened, which decides whom else that serves.
package struct StoreOpening {
    /// What lets a store open.
    package enum Method: Sendable {
        /// A person's passphrase or code, typed for it.
        case typed
        /// A passphrase that a variable, a command or a credential gives: it is meant for the process that has it.
        case unattended
        /// The store itself, or what `warder unlock --keys` left: it opens for every process.
        case unasked
    }

    package var method = Method.unasked
    /// When it began; nil before that.
    package var snapshot: LockSnapshot?
}

/// Where long-term keys live, as commands use it: opened no further than needed, and asking no more than allowed.
///
/// A kind of store is a case of `StoreKind`, which names it in settings, a file with the type that conforms to this, and a
/// line in `StoreTable`.
package protocol KeyStore: AnyObject, SendableMetatype {
    static var kind: StoreKind { get }
    /// The store, if the keys of this home are in one of this kind; nil otherwise.
    static func present(_ context: Context, _ stops: PromptStops) throws(Failure) -> Self?
    /// Why the first key could not go into one at once; nil where it could.
    static func obstacle(_ context: Context) -> String?
    /// The store, whether it is made already or not.
    init(_ context: Context, _ stops: PromptStops)

    // What it is

    /// The file that it is; nil where it is none.
    var path: String? { get }
    /// It is chosen and not made yet, and nothing can be in it.
    func isEmptyForNow() throws(Failure) -> Bool
    /// The list of its keys that was noted is what it holds; else other programs may change it.
    var isListExact: Bool { get }
    /// Whether it has a key of this name, read without a secret or a prompt; nil where it shows no such thing.
    func shows(_ name: KeyName) throws(Failure) -> Bool?

    // How it opens

    /// Its keys open by themselves or not, whether or not the session cache is unlocked; else they open with the session.
    var keysOpenApart: Bool { get }
    /// Until when its keys were unlocked by `warder unlock --keys`; nil where they are not.
    func keysDeadline() throws(Failure) -> Deadline?
    /// It is made so that it opens without a prompt, in the right place.
    func opensByItself() throws(Failure) -> Bool
    /// It may open now without a prompt.
    func opensUnasked() throws(Failure) -> Bool
    /// How it would open for the next `process`, as far as can be seen without a secret.
    ///
    /// - Parameter needsCache: it must open for the sessions, not for a key alone.
    func outlook(needsCache: Bool) throws(Failure) -> StoreOutlook
    /// Takes away what lies unlocked beside the session-cache key.
    func lockKeys() throws(Failure)

    // Opening

    /// Nil where the store is not there yet.
    func head() throws(Failure) -> StoreHead?
    /// Says that this process is about to wait for anything, or to change the store: from then on `head` is read each
    /// time.
    func lookAgain()
    /// Gives up what others wait for: this process is about to be stopped.
    func releaseTurn()
    /// Whether a process that opens the store in the same way left the session-cache key just now; it is taken.
    func takeSharedKey() -> Bool
    /// Leaves the session-cache key to processes that would open the store in the same way.
    func share(_ key: borrowing SecretBytes)
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
    /// What it holds, for decisions: read from the keys themselves, with the time that this takes. Of a key that is too
    /// damaged to read, what the store shows of it.
    func summaries() throws(Failure) -> [AccessKeySummary]
    /// Stores keys, in one change if the store has such; if the name of one is taken, none is stored. One of the same
    /// name is an error, or goes, and leaves its seed of one-time codes to a new one that has none: the seed belongs to
    /// the user's device, not to the key.
    func put(_ records: [SharedRecord], replacing: Bool) throws(Failure)
    /// Forgets what was read: what is read from now on is what the store holds.
    func readAgain() throws(Failure)
    /// Changes a stored key; what may be shown of it then.
    func change(
        _ name: KeyName, _ body: @escaping (inout AccessKeyRecord) -> Void
    ) throws(Failure) -> AccessKeySummary
    /// Deletes a key.
    func remove(_ name: KeyName) throws(Failure)

    // The log

    /// Lends where each log began that the store knows of, those of other machines among them; the store is opened.
    func forEachLogStart(_ body: (borrowing LogStart) -> Void) throws(Failure)
    /// Whether a start that waits may be stored now: the store is open for a person who may expect it to be written.
    var mayKeepLogStart: Bool { get }
    /// Stores where this home's log began and how far it is by now.
    ///
    /// - Parameter droppingOthers: forget earlier logs of this home.
    func keepLogStart(droppingOthers: Bool) throws(Failure)
}

extension KeyStore {
    package var kind: StoreKind { Self.kind }

    /// Stores one key.
    package func put(_ record: borrowing AccessKeyRecord, replacing: Bool) throws(Failure) {
        try put([SharedRecord(record)], replacing: replacing)
    }
}

extension IndexedKey {
    /// What a list shows of a stored key.
    ///
    /// - Parameter keepsSeed: it took over the seed of the one that it replaced.
    init(_ summary: AccessKeySummary, keepsSeed: Bool = false) {
        self.init(
            name: summary.name.text, accessKeyID: summary.accessKeyID, accountID: summary.accountID,
            createdAt: Int64(clamping: summary.createdAt), hasTOTPSeed: summary.hasTOTPSeed || keepsSeed,
            unfinishedFrom: summary.rotation?.unfinishedFrom)
    }
}
