import CLinux
import Glibc

/// Why a lock could not be had.
public enum LockError: Error, Equatable, Sendable {
    /// Somebody else held it until the deadline.
    case timedOut(path: String)
    /// The file system has no locks.
    case unsupported(path: String)
    /// The lock file could not be opened.
    case file(FileError)
}

/// An exclusive lock on one byte of a lock file, held until it goes.
///
/// An open-file-description lock (`F_OFD_SETLK`): the kernel drops it when the process dies, however it dies, and
/// nothing of it survives a reboot. A byte for each thing to lock lets one file serve any number of them, so there is
/// nothing to clean up.
public struct FileLock: ~Copyable {
    private let file: Descriptor

    private init(holding file: consuming Descriptor) { self.file = file }

    /// Waits for the lock on the byte at `offset` of the file at `path`, which is made where it is missing (0600).
    public static func acquire(
        _ path: String, offset: Int64 = 0, until deadline: Deadline
    ) throws(LockError) -> FileLock {
        let file: Descriptor
        do throws(FileError) { file = try openPrivateFile(path, O_RDWR | O_CREAT) } catch { throw .file(error) }
        var pause: Int64 = 2
        while warder_try_lock(file.number, offset) != 0 {
            switch errno {
            case EAGAIN, EACCES, EINTR: break
            case ENOLCK, EOPNOTSUPP, EINVAL, ENOSYS: throw .unsupported(path: path)
            case let code: throw .file(.system(SystemError(call: "fcntl", path: path, code: code)))
            }
            guard !deadline.hasPassed else { throw .timedOut(path: path) }
            sleep(milliseconds: pause)
            pause = min(pause * 2, 40)
        }
        return FileLock(holding: file)
    }
}
