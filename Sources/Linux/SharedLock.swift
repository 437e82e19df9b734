import CLinux
import Glibc

/// A lock that any number of processes may hold, and that others can see: it marks a running process. The kernel
/// releases it when the process dies, however it dies.
public struct SharedLock: ~Copyable {
    private let file: Descriptor

    /// Acquires the lock of the file at `path`, which is created if missing (0600).
    public init(_ path: String) throws(LockError) {
        let file: Descriptor
        do throws(FileError) { file = try openPrivateFile(path, O_RDWR | O_CREAT) } catch { throw .file(error) }
        guard warder_try_shared_lock(file.number) == 0 else {
            let code = errno
            if code == EAGAIN || code == EACCES { throw .timedOut(path: path) }
            throw .file(.system(SystemError(call: "fcntl", path: path, code: code)))
        }
        self.file = file
    }

    /// Whether the locked file still has a name.
    public var isInPlace: Bool { (try? file.status())?.st_nlink ?? 0 > 0 }

    /// Whether any process holds the lock of the file at `path`; false if there is no such file.
    public static func isHeld(_ path: String) -> Bool {
        guard let file = try? openPrivateFile(path, O_RDONLY) else { return false }
        return warder_is_locked(file.number) == 1
    }
}
