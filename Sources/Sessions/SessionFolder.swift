import Linux
import Text

/// Cache operations that do not need the key.
public struct SessionFolder: Sendable {
    private let path: String

    /// - Parameter path: `$XDG_CACHE_HOME/warder/sessions`.
    public init(_ path: String) { self.path = path }

    /// The names of the session files.
    public func names() throws(SessionCacheError) -> [String] {
        do throws(SystemError) {
            return try Linux.names(inFolder: path).filter { $0.utf8.count == 64 }
        } catch { throw .file(.system(error)) }
    }

    /// Removes every session and the notes of failures; returns how many sessions there were. Waits for running
    /// renewals until `deadline`, since their sessions would be published after the removal.
    @discardableResult
    public func forgetAll(until deadline: Deadline = Self.timeout) throws(SessionCacheError) -> Int {
        guard let all = try? Linux.names(inFolder: path), !all.isEmpty else { return try names().count }
        let lock = Held(try? FileLock.acquire(lockPath, .all, until: deadline))
        defer { withExtendedLifetime(lock) {} }
        let names = try names()
        for name in names + all.filter({ $0.ends(with: Self.noteEnding) }) {
            do throws(SystemError) { try removeFile(path + "/" + name) } catch { throw .file(.system(error)) }
        }
        return names.count
    }

    /// Removes the sessions that expired before `now`, in seconds since 1970, notes of failures after a minute, records
    /// of codes and consents once they are useless, and partial files that a killed process left. Errors are ignored.
    public func sweep(now: Int64) {
        guard let names = try? Linux.names(inFolder: path) else { return }
        for name in names where name.utf8.count >= 64 && isSpent(name, now) {
            // A process may be renewing it: then leave the file alone. Otherwise hold the lock and check again.
            guard let lock = try? FileLock.acquire(lockPath, .byte(Self.lockOffset(of: name)), until: .now) else {
                continue
            }
            if isSpent(name, now) { try? removeFile(path + "/" + name) }
            withExtendedLifetime(lock) {}
        }
    }

    private func isSpent(_ name: String, _ now: Int64) -> Bool {
        guard let modified = modificationTime(of: path + "/" + name) else { return false }
        if name.ends(with: Self.noteEnding) || name.ends(with: ".new") { return modified < now - 60 }
        return (name.utf8.count == 64 || name.ends(with: ".codes") || name.ends(with: ".consent")) && modified < now
    }

    /// How long to wait for a session that is being made, before forgetting it: as long as AWS may take to answer.
    public static var timeout: Deadline { .after(milliseconds: 10_000) }

    // MARK: - Locks

    /// The suffix of a failure note's file, after its session's name.
    static let noteEnding = ".failed"

    /// The lock file that all entries share.
    var lockPath: String { path + "/lock" }

    /// Each entry locks one byte of it, at the offset that its name begins with.
    static func lockOffset(of name: String) -> Int64 { Int64(name.prefix(15), radix: 16) ?? 0 }
}

/// A lock, or nothing if it could not be acquired in time.
struct Held: ~Copyable {
    private let lock: FileLock?
    init(_ lock: consuming FileLock?) { self.lock = lock }
}
