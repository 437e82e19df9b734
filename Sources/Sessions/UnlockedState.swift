import Linux
import Secrets

/// Why the session-cache key could not be made available, or taken away.
public enum UnlockedStateError: Error, Equatable, Sendable {
    /// The kernel refuses keys, and there is no runtime folder in memory to take its place.
    case noPlace(runtimeFolder: String?)
    /// The kernel keyring failed in another way.
    case keyring(KeyringError)
    /// The runtime folder's file failed.
    case file(FileError)
    /// It was locked after the opening had begun that was to make it available.
    case lockedMeanwhile
}

/// What a key that lies unlocked opens.
public enum UnlockedKeyKind: String, Sendable {
    /// Cached sessions.
    case sessionCache = "session-cache"
    /// The vault itself, for unattended work.
    case vaultKey = "vault-key"
    /// Cached sessions too, for processes that have the same unattended passphrase (`SharedUnlock`).
    case sharedUnlock = "shared-opening"

    /// Whose locks it goes by.
    fileprivate var locked: UnlockedKeyKind { self == .sharedUnlock ? .sessionCache : self }
}

/// Where the session-cache key lies while warder is unlocked, or the vault's data key where that was asked for.
///
/// The kernel keyring or, where the kernel refuses, a 0600 file in `$XDG_RUNTIME_DIR/warder`, if that is in memory.
/// Either way it lies there for a limited time, and never longer than until the machine stops.
///
/// Each lock leaves a mark beside it, and each key says after which lock it came: one that an opening of before the lock
/// puts there after it is none. So nothing need be held while a key is put or taken away, and nobody waits.
public struct UnlockedState: Sendable {
    private let name: String
    private let markName: String
    private let releaseName: String
    private let runtimeFolder: String?

    /// The longest time that it can be unlocked for, in seconds: 30 days.
    public static let longest = 30 * 86_400
    /// How long a mark lies: longer than any key that came before it.
    private static let markTime = longest + 86_400

    /// - Parameters:
    ///   - store: what the key belongs to, in hexadecimal: a store's identifier.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`, if it is set.
    public init(_ key: UnlockedKeyKind, store: String, runtimeFolder: String?) {
        name = "warder:\(key.rawValue):\(store)"
        markName = "warder:lock-of-\(key.locked.rawValue):\(store)"
        releaseName = "warder:release-of-\(key.locked.rawValue):\(store)"
        self.runtimeFolder = runtimeFolder
    }

    /// The key; nil while locked.
    public func key() -> SecretBytes? {
        guard let unlockedKey = unlockedKey() else { return nil }
        return unlockedKey.key.copy()
    }

    /// Until when it is unlocked; nil while locked.
    public var deadline: Deadline? {
        guard let unlockedKey = unlockedKey() else { return nil }
        return unlockedKey.deadline
    }

    /// It was locked on purpose: a store that opens by itself is not to be opened until somebody unlocks it.
    public var isHeld: Bool {
        for place in [UnlockedKeyStorage.kernel] + files {
            guard let mark = place.mark(markName), mark.isHeld else { continue }
            if place.mark(releaseName)?.stamp != mark.stamp { return true }
        }
        return false
    }

    /// What an opening that begins now is to say when it makes the key available.
    public func lockSnapshot() -> LockSnapshot {
        LockSnapshot(
            kernel: UnlockedKeyStorage.kernel.mark(markName) ?? .none, file: files.first?.mark(markName) ?? .none)
    }

    // MARK: - Unlocking

    /// Makes the key available for `seconds`, 1 to `longest`, from now; a time still running is replaced.
    ///
    /// - Parameter begun: when the opening began that gave the key; nil for now.
    /// - Throws: also `.lockedMeanwhile`.
    public func unlock(
        _ key: borrowing SecretBytes, seconds: Int, snapshot: LockSnapshot? = nil
    ) throws(UnlockedStateError) {
        let snapshot = snapshot ?? lockSnapshot()
        let seconds = min(max(1, seconds), Self.longest)
        do throws(UnlockedStateError) { try put(key, seconds, in: .kernel, snapshot.kernel) } catch {
            guard case .keyring = error else { throw error }
            guard let file = files.first else { throw .noPlace(runtimeFolder: runtimeFolder) }
            try put(key, seconds, in: file, snapshot.file)
        }
    }

    private func put(
        _ key: borrowing SecretBytes, _ seconds: Int, in place: UnlockedKeyStorage, _ snapshot: LockMark
    ) throws(UnlockedStateError) {
        // Nothing is put in the place of what came after the lock. Where the lock comes now, what is put does not count.
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
        // The kernel forgets in time by itself; a file does not.
        if unlockedKey.deadline.hasPassed {
            if case .file = place { try? place.remove(name) }
            return nil
        }
        guard place.mark(markName)?.stamp == unlockedKey.stamp else { return nil }
        return unlockedKey
    }

    private var files: [UnlockedKeyStorage] {
        guard let runtimeFolder, (try? liesInMemory(runtimeFolder)) == true else { return [] }
        return [.file(runtimeFolder + "/warder")]
    }

    // MARK: - Locking

    /// Takes the key away, and holds the store back for `longest` or until `unlock`.
    ///
    /// - Returns: whether the key was there.
    @discardableResult
    public func hold() throws(UnlockedStateError) -> Bool { try lock(.now(isHeld: true)) }

    /// Takes the key away from wherever it lies; whether it was there.
    @discardableResult
    public func lock() throws(UnlockedStateError) -> Bool { try lock(.now(isHeld: false)) }

    private func lock(_ mark: LockMark) throws(UnlockedStateError) -> Bool {
        let was = deadline != nil
        // The mark first: from then on nothing counts that is there or comes of an opening of before.
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
        // Where nothing can be marked nothing can lie either; but a store that opens by itself is not held back.
        guard obstacle == .keyring(.unavailable), files.isEmpty else { throw obstacle }
        if mark.isHeld { throw .noPlace(runtimeFolder: runtimeFolder) }
        return was
    }

    /// Why the mark could not be put there; nil where it was.
    private func failure(of mark: LockMark, in place: UnlockedKeyStorage) -> UnlockedStateError? {
        do throws(UnlockedStateError) {
            try place.put(mark.encoded(), markName, seconds: Self.markTime)
            return nil
        } catch { return error }
    }

    /// Takes the key away without a mark: another one comes in its place.
    public func forget() {
        for place in files + [.kernel] { try? place.remove(name) }
    }
}
