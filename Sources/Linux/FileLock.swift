import CLinux
import Glibc

/// Why a lock could not be acquired.
public enum LockError: Error, Equatable, Sendable {
    /// Another process held it until the deadline.
    case timedOut(path: String)
    /// The file system does not support locks.
    case unsupported(path: String)
    /// The lock file could not be opened.
    case file(FileError)
}

/// The part of a lock file to lock.
public enum LockRange: Equatable, Sendable {
    /// The byte at this offset: locks on other bytes do not conflict.
    case byte(Int64)
    /// The whole file: conflicts with a lock on any byte.
    case all

    fileprivate var offset: Int64 { if case .byte(let offset) = self { offset } else { 0 } }
    /// For fcntl(2), 0 means to the end of the file.
    fileprivate var length: Int64 { self == .all ? 0 : 1 }
}

/// An exclusive lock on one byte of a lock file or on all of it, held until the value is destroyed.
///
/// It is an open-file-description lock (`F_OFD_SETLK`): the kernel releases it when the process dies, however it dies,
/// and it does not survive a reboot. With one byte per thing to lock, one file serves any number of them, and there is
/// nothing to clean up.
public struct FileLock: ~Copyable {
    private let file: Descriptor

    private init(holding file: consuming Descriptor) { self.file = file }

    /// Waits for the lock on `range` of the file at `path`, which is created if missing (0600).
    public static func acquire(
        _ path: String, _ range: LockRange = .byte(0), until deadline: Deadline
    ) throws(LockError) -> FileLock {
        while true {
            let file: Descriptor
            let links: UInt
            do throws(FileError) { file = try openPrivateFile(path, O_RDWR | O_CREAT) } catch { throw .file(error) }
            if warder_try_lock(file.number, range.offset, range.length) != 0 { try wait(file, range, until: deadline) }
            do throws(SystemError) { links = UInt(try file.status().st_nlink) } catch { throw .file(.system(error)) }
            // If the file was removed while this process waited, others lock its replacement.
            if links > 0 { return FileLock(holding: file) }
        }
    }

    /// Waits for a lock that could not be acquired at once.
    ///
    /// The kernel wakes the next waiter when the lock is released. A timer bounds the wait by interrupting the call.
    private static func wait(
        _ file: borrowing Descriptor, _ range: LockRange, until deadline: Deadline
    ) throws(LockError) {
        try check(errno, file)
        guard !deadline.hasPassed else { throw .timedOut(path: file.path) }
        var alarm = warder_alarm()
        guard warder_start_alarm(&alarm, deadline.remaining) == 0 else {
            return try poll(file, range, until: deadline)
        }
        defer { warder_stop_alarm(&alarm) }
        while warder_wait_lock(file.number, range.offset, range.length) != 0 {
            try check(errno, file)
            guard !deadline.hasPassed else { throw .timedOut(path: file.path) }
        }
    }

    /// The same by polling, if the process cannot have a timer.
    private static func poll(
        _ file: borrowing Descriptor, _ range: LockRange, until deadline: Deadline
    ) throws(LockError) {
        var pause: Int64 = 2
        while warder_try_lock(file.number, range.offset, range.length) != 0 {
            try check(errno, file)
            guard !deadline.hasPassed else { throw .timedOut(path: file.path) }
            sleep(milliseconds: pause)
            pause = min(pause * 2, 40)
        }
    }

    /// Throws if a lock failed with `code` for any reason but that another process holds it.
    private static func check(_ code: Int32, _ file: borrowing Descriptor) throws(LockError) {
        switch code {
        case EAGAIN, EACCES, EINTR: return
        case ENOLCK, EOPNOTSUPP, EINVAL, ENOSYS: throw .unsupported(path: file.path)
        default: throw .file(.system(SystemError(call: "fcntl", path: file.path, code: code)))
        }
    }
}
