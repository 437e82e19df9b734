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

/// Where the session-cache key lies while warder is unlocked.
///
/// The kernel keyring or, where the kernel refuses, a 0600 file in `$XDG_RUNTIME_DIR/warder`, if that is in memory.
/// Either way it lies there for a limited time, and never longer than until the machine stops.
public struct UnlockedState: Sendable {
    private let description: String
    private let runtimeFolder: String?

    /// The longest time that it can be unlocked for, in seconds: 30 days.
    public static let longest = 30 * 86_400

    /// - Parameters:
    ///   - store: what the key belongs to, in hexadecimal: a vault's identifier.
    ///   - runtimeFolder: `$XDG_RUNTIME_DIR`, if it is set.
    public init(store: String, runtimeFolder: String?) {
        description = "warder:session-cache:" + store
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

    /// Makes the key available for `seconds`, 1 to `longest`, from now; a time still running is replaced.
    public func unlock(_ key: borrowing SecretBytes, seconds: Int) throws(UnlockedStateError) {
        let seconds = min(max(1, seconds), Self.longest)
        let lent = LentKey(key: key.copy(), deadline: .after(milliseconds: Int64(seconds) * 1000))
        do throws(KeyringError) {
            try KernelKeyring.put(lent.encoded(), description, seconds: UInt32(seconds))
        } catch {
            guard let fallback else { throw .noPlace(runtimeFolder: runtimeFolder) }
            do throws(FileError) { try fallback.put(lent.encoded()) } catch { throw .file(error) }
        }
    }

    private func lent() -> LentKey? {
        if let payload = try? KernelKeyring.get(description, limit: LentKey.size) {
            return LentKey(decoding: payload)
        }
        guard let payload = try? fallback?.get() else { return nil }
        return LentKey(decoding: payload)
    }

    /// Takes the key away from wherever it lies; whether it was there.
    @discardableResult
    public func lock() throws(UnlockedStateError) -> Bool {
        let fell: Bool
        do throws(FileError) { fell = try fallback?.remove() ?? false } catch { throw .file(error) }
        do throws(KeyringError) {
            return try KernelKeyring.remove(description) || fell
        } catch {
            if error == .unavailable { return fell }
            throw .keyring(error)
        }
    }

    private var fallback: MemoryFile? {
        guard let runtimeFolder, (try? liesInMemory(runtimeFolder)) == true else { return nil }
        return MemoryFile(folder: runtimeFolder + "/warder", name: description)
    }
}
