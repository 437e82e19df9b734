import Glibc
import Text

/// A lock for work that takes microseconds, on an open file: flock(2), held until the descriptor is closed.
///
/// Its holder can be found in the kernel's list of locks, unlike that of a `FileLock`: one that was stopped in the
/// middle does not keep others waiting.
public enum ShortLock {
    /// How long to wait before looking who holds the lock, in microseconds.
    private static let patience = 10_000
    /// The longest pause between two attempts, in microseconds.
    private static let longestPause = 2_000

    /// Acquires the lock; false if another process holds it for too long.
    ///
    /// - Parameter limit: how long to wait for a holder that runs, in milliseconds. One that is stopped is not waited
    ///   for once ten have passed.
    /// - Throws: where the file system does not support it.
    public static func acquire(_ file: borrowing Descriptor, limit: Int) throws(SystemError) -> Bool {
        var (waited, pause) = (0, 100)
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else {
                throw SystemError(call: "flock", path: file.path, code: code)
            }
            guard waited < limit * 1000, waited < patience || !isHolderStopped(file) else { return false }
            usleep(UInt32(pause))
            waited += pause
            pause = min(2 * pause, longestPause)
        }
        return true
    }

    /// Whether the process that holds the lock is stopped (proc_locks(5), proc_pid_stat(5)).
    private static func isHolderStopped(_ file: borrowing Descriptor) -> Bool {
        guard let status = try? file.status(), let list = try? readFile("/proc/locks", limit: 1 << 22) else {
            return false
        }
        let ending = Array(":\(status.st_ino)".utf8)
        let holder = list.withUnsafeBytes { list -> Int32? in
            for line in list.split(separator: UInt8(ascii: "\n")) {
                // `1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF`; a process that waits has an arrow before FLOCK.
                let words = line.split(separator: UInt8(ascii: " "))
                guard words.count > 5, words[1].elementsEqual("FLOCK".utf8) else { continue }
                guard words[5].count > ending.count, words[5].suffix(ending.count).elementsEqual(ending) else {
                    continue
                }
                return Int32(String(decoding: words[4], as: UTF8.self))
            }
            return nil
        }
        guard let holder, holder > 0, let stat = try? readFile("/proc/\(holder)/stat", limit: 4096) else {
            return false
        }
        return stat.withUnsafeBytes { stat in
            guard let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.count else { return false }
            return stat[end + 2] == UInt8(ascii: "T") || stat[end + 2] == UInt8(ascii: "t")
        }
    }
}
