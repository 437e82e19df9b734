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

/// How to wait for a lock that another process holds.
public enum LockWait: Sendable {
    /// For an exclusive lock: the waiting processes get it one after another.
    case exclusive
    /// For a shared lock: all waiting processes get it together, as soon as the holder is done. It shows that the holder
    /// has finished, and that no other has begun.
    case shared
}

/// A lock on one byte of a lock file or on all of it, held until the value is destroyed.
///
/// It is an open-file-description lock (`F_OFD_SETLK`): the kernel releases it when the process dies, however it dies,
/// and it does not survive a reboot. With one byte per thing to lock, one file serves any number of them, and there is
/// nothing to clean up.
public struct FileLock: ~Copyable {
    private let file: Descriptor
    /// Other processes may hold the lock too: this one waited for it, and `LockWait.shared` allows that.
    public let isShared: Bool

    private init(holding file: consuming Descriptor, isShared: Bool) {
        self.file = file
        self.isShared = isShared
    }

    /// Waits for the lock on `range` of the file at `path`, which is created if missing (0600).
    ///
    /// - Parameter waiting: what to wait for if another process holds the lock. A lock that is free is always acquired
    ///   exclusively.
    public static func acquire(
        _ path: String, _ range: LockRange = .byte(0), waiting: LockWait = .exclusive, until deadline: Deadline
    ) throws(LockError) -> FileLock {
        while true {
            let file: Descriptor
            let links: UInt
            do throws(FileError) { file = try openPrivateFile(path, O_RDWR | O_CREAT) } catch { throw .file(error) }
            var isShared = false
            if warder_try_lock(file.number, range.offset, range.length) != 0 {
                isShared = try wait(file, range, waiting, until: deadline)
            }
            do throws(SystemError) { links = UInt(try file.status().st_nlink) } catch { throw .file(.system(error)) }
            // If the file was removed while this process waited, others lock its replacement.
            if links > 0 { return FileLock(holding: file, isShared: isShared) }
        }
    }

    /// Waits for a lock that could not be acquired at once.
    ///
    /// The kernel wakes the next waiter, or all that share, when the lock is released. A timer bounds the wait by
    /// interrupting the call.
    ///
    /// - Returns: whether the lock is shared.
    private static func wait(
        _ file: borrowing Descriptor, _ range: LockRange, _ waiting: LockWait, until deadline: Deadline
    ) throws(LockError) -> Bool {
        try check(errno, file)
        guard !deadline.hasPassed else { throw .timedOut(path: file.path) }
        var alarm = warder_alarm()
        guard warder_start_alarm(&alarm, deadline.remaining) == 0 else {
            try poll(file, range, until: deadline)
            return false
        }
        defer { warder_stop_alarm(&alarm) }
        let wait = waiting == .shared ? warder_wait_shared_lock : warder_wait_lock
        while wait(file.number, range.offset, range.length) != 0 {
            try check(errno, file)
            guard !deadline.hasPassed else { throw .timedOut(path: file.path) }
        }
        return waiting == .shared
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
