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

/// What of a lock file is locked.
public enum LockRange: Equatable, Sendable {
    /// The byte at an offset: whoever locks another byte is not kept waiting.
    case byte(Int64)
    /// All of it: waits for every byte's holder.
    case all

    fileprivate var offset: Int64 { if case .byte(let offset) = self { offset } else { 0 } }
    /// 0 is what fcntl(2) takes for the whole file.
    fileprivate var length: Int64 { self == .all ? 0 : 1 }
}

/// An exclusive lock on one byte of a lock file or on all of it, held until it goes.
///
/// An open-file-description lock (`F_OFD_SETLK`): the kernel drops it when the process dies, however it dies, and
/// nothing of it survives a reboot. A byte for each thing to lock lets one file serve any number of them, so there is
/// nothing to clean up.
public struct FileLock: ~Copyable {
    private let file: Descriptor

    private init(holding file: consuming Descriptor) { self.file = file }

    /// Waits for the lock on `range` of the file at `path`, which is made where it is missing (0600).
    public static func acquire(
        _ path: String, _ range: LockRange = .byte(0), until deadline: Deadline
    ) throws(LockError) -> FileLock {
        while true {
            let file: Descriptor
            let links: UInt
            do throws(FileError) { file = try openPrivateFile(path, O_RDWR | O_CREAT) } catch { throw .file(error) }
            if warder_try_lock(file.number, range.offset, range.length) != 0 { try wait(file, range, until: deadline) }
            do throws(SystemError) { links = UInt(try file.status().st_nlink) } catch { throw .file(.system(error)) }
            // Removed while it was waited for: others lock the one that took its place.
            if links > 0 { return FileLock(holding: file) }
        }
    }

    /// Waits until a lock can be had that could not be had at once.
    ///
    /// The kernel wakes whoever comes next when the lock is free. A timer ends the wait: it interrupts the call.
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

    /// The same where there are no timers.
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

    /// Throws where a lock failed with `code` for another reason than that somebody else holds it.
    private static func check(_ code: Int32, _ file: borrowing Descriptor) throws(LockError) {
        switch code {
        case EAGAIN, EACCES, EINTR: return
        case ENOLCK, EOPNOTSUPP, EINVAL, ENOSYS: throw .unsupported(path: file.path)
        default: throw .file(.system(SystemError(call: "fcntl", path: file.path, code: code)))
        }
    }
}
