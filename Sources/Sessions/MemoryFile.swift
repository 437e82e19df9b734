import Glibc
import Linux
import Secrets

/// A small secret in a file of a memory-backed folder, for use where the kernel's keyring is refused.
struct MemoryFile {
    private let path: String
    private let folder: String

    init(folder: String, name: String) {
        self.folder = folder
        path = folder + "/" + name
    }

    func get() throws(FileError) -> SecretBytes? { try readPrivateFileIfPresent(path, limit: 4096) }

    func put(_ secret: borrowing SecretBytes) throws(FileError) {
        try makePrivateFolder(folder)
        // A link in its place could lead to a disk.
        guard (try? liesInMemory(folder)) == true else { throw .link(path: folder) }
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let path = path
        do throws(SystemError) {
            try secret.withUnsafeBytes { (secret) throws(SystemError) in try writeAtomically(secret, to: path, .cache) }
        } catch { throw .system(error) }
    }

    /// Whether the folder of a file storage exists: otherwise no process can have stored anything there.
    static func hasFolder(of place: UnlockedKeyStorage) -> Bool {
        guard case .file(let folder) = place else { return false }
        return modificationTime(of: folder) != nil
    }

    private func lock() throws(FileError) -> FileLock {
        do throws(LockError) {
            return try FileLock.acquire(folder + "/lock", until: .after(milliseconds: 5000))
        } catch {
            if case .file(let error) = error { throw error }
            throw .system(SystemError(call: "fcntl", path: folder + "/lock", code: EAGAIN))
        }
    }

    /// Whether there was a file.
    func remove() throws(FileError) -> Bool {
        let was = modificationTime(of: path) != nil
        do throws(SystemError) { try removeFile(path) } catch { throw .system(error) }
        return was
    }
}
