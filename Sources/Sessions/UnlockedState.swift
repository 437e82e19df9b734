import Linux
import Secrets

/// Why the session-cache key could not be made available, or removed.
public enum UnlockedStateError: Error, Equatable, Sendable {
    /// The kernel refuses keys, and there is no memory-backed runtime folder to replace its keyring.
    case noPlace(runtimeFolder: String?)
    /// The kernel keyring failed in another way.
    case keyring(KeyringError)
    /// The runtime folder's file failed.
    case file(FileError)
    /// The store was locked after this unlocking had begun.
    case lockedMeanwhile
}

/// What an unlocked key opens.
public enum UnlockedKeyKind: String, Sendable {
    /// Cached sessions.
    case sessionCache = "session-cache"
    /// The vault itself, for unattended use.
    case vaultKey = "vault-key"
    /// Cached sessions too, for processes with the same unattended passphrase (`SharedUnlock`).
    case sharedUnlock = "shared-opening"

    /// The key whose locks apply to this one.
    fileprivate var locked: UnlockedKeyKind { self == .sharedUnlock ? .sessionCache : self }
}

/// Stores the session-cache key while warder is unlocked, or the vault's data key if the user asked for that.
///
/// The key is in the kernel keyring or, where the kernel refuses, in a 0600 file in `$XDG_RUNTIME_DIR/warder`, if that
/// is memory-backed. Either way it is stored for a limited time, and does not survive a reboot.
///
/// Each lock leaves a mark beside it, and each key records the last lock before it: a key stored after a lock by an
/// unlocking that began before that lock is invalid. So storing or removing a key needs no file lock, and no process
/// waits.
public struct UnlockedState: Sendable {
    private let name: String
    private let markName: String
    private let releaseName: String
    private let runtimeFolder: String?
    private let limit: Int?

    /// The longest time to unlock for, in seconds: 30 days.
    public static let longest = 30 * 86_400
    /// How long a mark is stored: longer than any key that came before it.
    private static let markTime = longest + 86_400

    /// - Parameters:
    ///   - store: the identifier, in hexadecimal, of the store that the key belongs to.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`, if it is set.
    ///   - limit: how long a key is available at most from when it is seen, in seconds: one that was stored for longer
    ///     ends then. Nil for as long as it was stored for.
    public init(_ key: UnlockedKeyKind, store: String, runtimeFolder: String?, limit: Int? = nil) {
        name = "warder:\(key.rawValue):\(store)"
        markName = "warder:lock-of-\(key.locked.rawValue):\(store)"
        releaseName = "warder:release-of-\(key.locked.rawValue):\(store)"
        self.runtimeFolder = runtimeFolder
        self.limit = limit
    }

    /// The key; nil while locked.
    public func key() -> SecretBytes? {
        guard let unlockedKey = unlockedKey() else { return nil }
        return unlockedKey.key.copy()
    }

    /// When the unlocked time ends; nil while locked.
    public var deadline: Deadline? {
        guard let unlockedKey = unlockedKey() else { return nil }
        return unlockedKey.deadline
    }

    /// The user locked it: a store that opens by itself stays locked until the user unlocks it.
    public var isHeld: Bool {
        for place in [UnlockedKeyStorage.kernel] + files {
            guard let mark = place.mark(markName), mark.isHeld else { continue }
            if place.mark(releaseName)?.stamp != mark.stamp { return true }
        }
        return false
    }

    /// The last lock, to be taken when an unlocking begins and passed on when the key is made available.
    public func lockSnapshot() -> LockSnapshot {
        LockSnapshot(
            kernel: UnlockedKeyStorage.kernel.mark(markName) ?? .none, file: files.first?.mark(markName) ?? .none)
    }

    // MARK: - Unlocking

    /// Makes the key available for `seconds`, 1 to `longest`, from now; replaces a time that is still running.
    ///
    /// - Parameter snapshot: taken when the unlocking began that returned the key; nil for now.
    /// - Throws: also `.lockedMeanwhile`.
    public func unlock(
        _ key: borrowing SecretBytes, seconds: Int, snapshot: LockSnapshot? = nil
    ) throws(UnlockedStateError) {
        let snapshot = snapshot ?? lockSnapshot()
        let seconds = min(max(1, seconds), limit ?? Self.longest, Self.longest)
        do throws(UnlockedStateError) { try put(key, seconds, in: .kernel, snapshot.kernel) } catch {
            guard case .keyring = error else { throw error }
            guard let file = files.first else { throw .noPlace(runtimeFolder: runtimeFolder) }
            try put(key, seconds, in: file, snapshot.file)
        }
    }

    private func put(
        _ key: borrowing SecretBytes, _ seconds: Int, in place: UnlockedKeyStorage, _ snapshot: LockMark
    ) throws(UnlockedStateError) {
        // A newer lock stops the key here. A lock from here on leaves a mark that makes the key invalid.
        guard place.mark(markName) == snapshot else { throw .lockedMeanwhile }
        let deadline = Deadline.after(milliseconds: Int64(seconds) * 1000)
        let unlockedKey = UnlockedKey(key: key.copy(), deadline: deadline, stamp: snapshot.stamp)
        try place.put(unlockedKey.encoded(), name, seconds: seconds)
        guard place.mark(markName) == snapshot else {
            try? place.remove(name)
            throw .lockedMeanwhile
        }
        if snapshot.isHeld { try place.put(snapshot.encoded(), releaseName, seconds: Self.markTime) }
    }

    // MARK: - Reading

    private func unlockedKey() -> UnlockedKey? {
        if let unlockedKey = unlockedKey(in: .kernel) { return unlockedKey }
        guard let file = files.first else { return nil }
        return unlockedKey(in: file)
    }

    private func unlockedKey(in place: UnlockedKeyStorage) -> UnlockedKey? {
        guard let payload = try? place.get(name, limit: UnlockedKey.largest),
            let unlockedKey = UnlockedKey(decoding: payload)
        else {
            return nil
        }
        // The kernel expires keys by itself; a file does not expire.
        if unlockedKey.deadline.hasPassed {
            if case .file = place { try? place.remove(name) }
            return nil
        }
        guard place.mark(markName)?.stamp == unlockedKey.stamp else { return nil }
        if let limit, unlockedKey.deadline.remaining > Int64(limit) * 1000 {
            return shortened(unlockedKey, to: limit, in: place)
        }
        return unlockedKey
    }

    /// The key, stored anew for a shorter time; nil if that fails. A lock meanwhile makes it invalid all the same, by its
    /// stamp.
    private func shortened(
        _ unlockedKey: borrowing UnlockedKey, to seconds: Int, in place: UnlockedKeyStorage
    ) -> UnlockedKey? {
        let deadline = Deadline.after(milliseconds: Int64(seconds) * 1000)
        let shorter = UnlockedKey(key: unlockedKey.key.copy(), deadline: deadline, stamp: unlockedKey.stamp)
        guard (try? place.put(shorter.encoded(), name, seconds: seconds)) != nil else { return nil }
        return shorter
    }

    private var files: [UnlockedKeyStorage] {
        guard let runtimeFolder, (try? liesInMemory(runtimeFolder)) == true else { return [] }
        return [.file(runtimeFolder + "/warder")]
    }

    // MARK: - Locking

    /// Removes the key, and keeps the store locked for `longest` or until `unlock`.
    ///
    /// - Returns: whether there was a key.
    @discardableResult
    public func hold() throws(UnlockedStateError) -> Bool { try lock(.now(isHeld: true)) }

    /// Removes the key from wherever it is stored; returns whether there was one.
    @discardableResult
    public func lock() throws(UnlockedStateError) -> Bool { try lock(.now(isHeld: false)) }

    private func lock(_ mark: LockMark) throws(UnlockedStateError) -> Bool {
        let was = deadline != nil
        // The mark first: from then on every stored key is invalid, and so is one from an unlocking that began earlier.
        var obstacle = failure(of: mark, in: .kernel)
        var failures: [UnlockedStateError] = []
        for place in files + [.kernel] {
            do throws(UnlockedStateError) { try place.remove(name) } catch { failures.append(error) }
        }
        // A keyring that was full may have room now.
        if obstacle != nil { obstacle = failure(of: mark, in: .kernel) }
        for place in files where obstacle != nil || MemoryFile.hasFolder(of: place) {
            if failure(of: mark, in: place) == nil { obstacle = nil }
        }
        if let failure = failures.first { throw failure }
        guard let obstacle else { return was }
        // Where no mark can be stored, no key can be either; but a store that opens by itself is not kept locked.
        guard obstacle == .keyring(.unavailable), files.isEmpty else { throw obstacle }
        if mark.isHeld { throw .noPlace(runtimeFolder: runtimeFolder) }
        return was
    }

    /// Why the mark could not be stored there; nil if it was.
    private func failure(of mark: LockMark, in place: UnlockedKeyStorage) -> UnlockedStateError? {
        do throws(UnlockedStateError) {
            try place.put(mark.encoded(), markName, seconds: Self.markTime)
            return nil
        } catch { return error }
    }

    /// Removes the key without a mark, since another one replaces it.
    public func forget() {
        for place in files + [.kernel] { try? place.remove(name) }
    }
}
