import Linux
import Secrets

/// Where keys lie unlocked, and the marks of locks beside them: in the kernel's keyring or, where the kernel refuses, in
/// files of a folder in memory. What lies in one place goes by the marks of that place.
enum UnlockedKeyStorage: Sendable {
    case kernel
    /// In this folder.
    case file(String)

    /// What lies there under `name`; nil for nothing.
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

    /// Takes it away for good.
    func remove(_ name: String) throws(UnlockedStateError) {
        switch self {
        case .kernel:
            do throws(KeyringError) { try KernelKeyring.remove(name) } catch {
                // A kernel that has no keyrings for this process may have them for others: what is to be seen there stays.
                guard error == .unavailable, !KernelKeyring.isListed(name) else { throw .keyring(error) }
            }
        case .file(let folder):
            do throws(FileError) { _ = try MemoryFile(folder: folder, name: name).remove() } catch {
                throw .file(error)
            }
        }
    }

    /// The mark of the last lock. One that cannot be read counts as no mark that anything could go by: nil.
    func mark(_ name: String) -> LockMark? {
        do throws(UnlockedStateError) {
            guard let payload = try get(name, limit: LockMark.size) else { return LockMark.none }
            return LockMark(decoding: payload)
        } catch {
            // Nothing can lie where there is no keyring.
            if case .keyring(.unavailable) = error { return LockMark.none }
            return nil
        }
    }
}
