import Glibc
import Text

/// A lock for processes that only read. It locks nothing where no lock file can be created: on a read-only file system,
/// in a folder the user cannot write to, or in one that cannot be made (for example behind a broken link). A lock file
/// of another user in the user's own folder is an error: without the lock, every process would do the work that only
/// one should do.
///
/// Reading without the lock is safe where writers replace files by renaming: a reader sees the old file or the new one.
public struct BestEffortLock: ~Copyable {
    private let lock: FileLock?
    /// Whether other processes may hold it too, as `FileLock.isShared`.
    public let isShared: Bool

    private init(lock: consuming FileLock?) {
        isShared = lock?.isShared ?? false
        self.lock = lock
    }

    /// Waits for the lock as `FileLock.acquire` does.
    ///
    /// - Parameter folder: created if missing; nil if creating it is not the caller's job.
    public static func acquire(
        _ path: String, _ range: LockRange = .byte(0), making folder: String? = nil, waiting: LockWait = .exclusive,
        until deadline: Deadline
    ) throws(LockError) -> BestEffortLock {
        do throws(LockError) {
            if let folder {
                do throws(FileError) { try make(folder) } catch {
                    if error.isForWantOfPlace { return BestEffortLock(lock: nil) }
                    throw LockError.file(error)
                }
            }
            return BestEffortLock(lock: try FileLock.acquire(path, range, waiting: waiting, until: deadline))
        } catch {
            guard case .file(let reason) = error, reason.isForWantOfWriting, !mayWriteBeside(path) else { throw error }
            return BestEffortLock(lock: nil)
        }
    }

    /// Creates a folder, and retries once if another process has removed a parent meanwhile.
    private static func make(_ folder: String) throws(FileError) {
        for _ in 0..<8 {
            do throws(FileError) { return try makePrivateFolder(folder) } catch {
                guard error.isAbsence else { throw error }
            }
        }
        try makePrivateFolder(folder)
    }
}

extension FileError {
    /// The folder cannot be created there: its path is broken, too long, circular, or leads through a file.
    fileprivate var isForWantOfPlace: Bool {
        guard case .system(let error) = self else { return false }
        return error.isAbsence || error.code == ELOOP || error.code == ENAMETOOLONG
    }
}

private func mayWriteBeside(_ path: String) -> Bool {
    let folder = folder(ofPath: path) ?? "."
    return faccessat(AT_FDCWD, folder.isEmpty ? "/" : folder, W_OK, AT_EACCESS) == 0
}
