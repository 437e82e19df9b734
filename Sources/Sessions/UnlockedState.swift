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
}

/// What a key that lies unlocked opens.
public enum UnlockedKey: String, Sendable {
    /// Cached sessions.
    case sessionCache = "session-cache"
    /// The vault itself, for unattended work.
    case vaultKey = "vault-key"
}

/// Where the session-cache key lies while warder is unlocked, or the vault's data key where that was asked for.
///
/// The kernel keyring or, where the kernel refuses, a 0600 file in `$XDG_RUNTIME_DIR/warder`, if that is in memory.
/// Either way it lies there for a limited time, and never longer than until the machine stops.
public struct UnlockedState: Sendable {
    private let description: String
    private let runtimeFolder: String?

    /// The longest time that it can be unlocked for, in seconds: 30 days.
    public static let longest = 30 * 86_400

    /// - Parameters:
    ///   - store: what the key belongs to, in hexadecimal: a store's identifier.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`, if it is set.
    public init(_ key: UnlockedKey, store: String, runtimeFolder: String?) {
        description = "warder:\(key.rawValue):\(store)"
        self.runtimeFolder = runtimeFolder
    }

    /// The key; nil while locked.
    public func key() -> SecretBytes? {
        guard let lent = lent(), lent.deadline > .now else { return nil }
        return lent.key.copy()
    }

    /// Until when it is unlocked; nil while locked.
    public var deadline: Deadline? {
        guard let lent = lent(), lent.deadline > .now else { return nil }
        return lent.deadline
    }

    /// It was locked on purpose: a store that opens by itself is not to be opened until somebody unlocks it.
    public var isHeld: Bool {
        guard let payload = payload() else { return false }
        return payload.count == Self.held.utf8CodeUnitCount
            && (0..<payload.count).allSatisfy { payload[$0] == Self.held.utf8Start[$0] }
    }

    /// Lies in the key's place while it is held back.
    private static let held: StaticString = "warder-held1\n"

    /// Makes the key available for `seconds`, 1 to `longest`, from now; a time still running is replaced.
    public func unlock(_ key: borrowing SecretBytes, seconds: Int) throws(UnlockedStateError) {
        let seconds = min(max(1, seconds), Self.longest)
        let lent = LentKey(key: key.copy(), deadline: .after(milliseconds: Int64(seconds) * 1000))
        try put(lent.encoded(), seconds: seconds)
    }

    private func put(_ payload: borrowing SecretBytes, seconds: Int) throws(UnlockedStateError) {
        do throws(KeyringError) {
            try KernelKeyring.put(payload, description, seconds: UInt32(seconds))
        } catch {
            guard let fallback else { throw .noPlace(runtimeFolder: runtimeFolder) }
            do throws(FileError) { try fallback.put(payload) } catch { throw .file(error) }
        }
    }

    private func lent() -> LentKey? {
        guard let payload = payload(), let lent = LentKey(decoding: payload) else { return nil }
        // The kernel forgets in time by itself; a file does not.
        if lent.deadline.hasPassed { _ = try? fallback?.remove() }
        return lent
    }

    private func payload() -> SecretBytes? {
        if let payload = try? KernelKeyring.get(description, limit: LentKey.size) { return payload }
        guard let payload = try? fallback?.get() else { return nil }
        return payload
    }

    /// Takes the key away, and holds it back for `longest` or until `unlock`.
    ///
    /// - Returns: whether the key was there.
    @discardableResult
    public func hold() throws(UnlockedStateError) -> Bool {
        let was = deadline != nil
        // The file goes first: while it lay there it would serve as soon as the kernel's answer is none.
        do throws(FileError) { _ = try fallback?.remove() } catch { throw .file(error) }
        try put(SecretBytes(Self.held), seconds: Self.longest)
        return was
    }

    /// Takes the key away from wherever it lies; whether it was there.
    @discardableResult
    public func lock() throws(UnlockedStateError) -> Bool {
        let was = deadline != nil
        try remove()
        return was
    }

    private func remove() throws(UnlockedStateError) {
        do throws(FileError) { _ = try fallback?.remove() } catch { throw .file(error) }
        do throws(KeyringError) { try KernelKeyring.remove(description) } catch {
            if error != .unavailable { throw .keyring(error) }
        }
    }

    private var fallback: MemoryFile? {
        guard let runtimeFolder, (try? liesInMemory(runtimeFolder)) == true else { return nil }
        return MemoryFile(folder: runtimeFolder + "/warder", name: description)
    }
}
