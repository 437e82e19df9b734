import Glibc
import Text

/// A lock for whoever only reads, or none where nothing can be written beside it: on a read-only file system, in a
/// folder that one may not write to, or in one that cannot be made, as behind a link that leads nowhere. A lock file of
/// somebody else's in a folder of one's own is an error: without the lock all would do at once what one should.
///
/// Whoever reads what is replaced by renaming sees the old file or the new one whole, and needs no lock for that.
public struct BestEffortLock: ~Copyable {
    private let lock: FileLock?

    /// Waits for the lock as `FileLock.acquire` does.
    ///
    /// - Parameter folder: made where it is missing; nil where that is somebody else's affair.
    public static func acquire(
        _ path: String, _ range: LockRange = .byte(0), making folder: String? = nil, until deadline: Deadline
    ) throws(LockError) -> BestEffortLock {
        do throws(LockError) {
            if let folder {
                do throws(FileError) { try make(folder) } catch {
                    if error.isForWantOfPlace { return BestEffortLock(lock: nil) }
                    throw LockError.file(error)
                }
            }
            return BestEffortLock(lock: try FileLock.acquire(path, range, until: deadline))
        } catch {
            guard case .file(let reason) = error, reason.isForWantOfWriting, !mayWriteBeside(path) else { throw error }
            return BestEffortLock(lock: nil)
        }
    }

    /// Makes a folder, and once more where somebody has removed one above it meanwhile.
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
    /// There is no place for the folder: its path leads nowhere, through a file, in a circle, or is too long.
    fileprivate var isForWantOfPlace: Bool {
        guard case .system(let error) = self else { return false }
        return error.isAbsence || error.code == ELOOP || error.code == ENAMETOOLONG
    }
}

private func mayWriteBeside(_ path: String) -> Bool {
    let folder = folder(ofPath: path) ?? "."
    return faccessat(AT_FDCWD, folder.isEmpty ? "/" : folder, W_OK, AT_EACCESS) == 0
}
