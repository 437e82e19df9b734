import Linux
import Secrets

/// Where unlocked keys and the marks of locks are stored: in the kernel's keyring or, where the kernel refuses, in
/// files of a memory-backed folder. A key is valid by the marks in its own place.
enum UnlockedKeyStorage: Sendable {
    case kernel
    /// In this folder.
    case file(String)

    /// What is stored under `name`; nil if nothing is.
    func get(_ name: String, limit: Int) throws(UnlockedStateError) -> SecretBytes? {
        switch self {
        case .kernel:
            do throws(KeyringError) { return try KernelKeyring.get(name, limit: limit) } catch { throw .keyring(error) }
        case .file(let folder):
            do throws(FileError) { return try MemoryFile(folder: folder, name: name).get() } catch {
                throw .file(error)
            }
        }
    }

    func put(_ payload: borrowing SecretBytes, _ name: String, seconds: Int) throws(UnlockedStateError) {
        switch self {
        case .kernel:
            do throws(KeyringError) { try KernelKeyring.put(payload, name, seconds: UInt32(seconds)) } catch {
                throw .keyring(error)
            }
        case .file(let folder):
            do throws(FileError) { try MemoryFile(folder: folder, name: name).put(payload) } catch {
                throw .file(error)
            }
        }
    }

    /// Removes it for good.
    func remove(_ name: String) throws(UnlockedStateError) {
        switch self {
        case .kernel:
            do throws(KeyringError) { try KernelKeyring.remove(name) } catch {
                // A kernel that refuses keyrings to this process may allow them to others: what is visible there stays.
                guard error == .unavailable, !KernelKeyring.isListed(name) else { throw .keyring(error) }
            }
        case .file(let folder):
            do throws(FileError) { _ = try MemoryFile(folder: folder, name: name).remove() } catch {
                throw .file(error)
            }
        }
    }

    /// The mark of the last lock; nil if it cannot be read, which makes every key invalid.
    func mark(_ name: String) -> LockMark? {
        do throws(UnlockedStateError) {
            guard let payload = try get(name, limit: LockMark.largest) else { return LockMark.none }
            return LockMark(decoding: payload)
        } catch {
            // Without a keyring, nothing can be stored in it.
            if case .keyring(.unavailable) = error { return LockMark.none }
            return nil
        }
    }
}
