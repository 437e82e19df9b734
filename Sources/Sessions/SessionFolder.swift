import Linux
import Text

/// What can be done with the cache without its key.
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

    /// Removes every session, and the notes of failures; how many sessions there were. Renewals that go on are waited for
    /// until `deadline`, since what they were given would be published after.
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

    /// Removes the sessions that ended before `now`, in seconds since 1970, notes of failures a minute old, what is
    /// known of codes and of consents once that is of no use, and what a killed process left half written. Failing to is no matter.
    public func sweep(now: Int64) {
        guard let names = try? Linux.names(inFolder: path) else { return }
        for name in names where name.utf8.count >= 64 && isSpent(name, now) {
            // Somebody may be writing it anew: then it is left to them. Nobody is now, and it is looked at again.
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

    /// How long a session that is being made is waited for before it is forgotten: as long as AWS may take to answer.
    public static var timeout: Deadline { .after(milliseconds: 10_000) }

    // MARK: - Locks

    /// What the file of a failure's note has after its session's name.
    static let noteEnding = ".failed"

    /// One lock file for all.
    var lockPath: String { path + "/lock" }

    /// Each entry has a byte of it, at the place that its name begins with.
    static func lockOffset(of name: String) -> Int64 { Int64(name.prefix(15), radix: 16) ?? 0 }
}

/// A lock, or none where it could not be had in time.
struct Held: ~Copyable {
    private let lock: FileLock?
    init(_ lock: consuming FileLock?) { self.lock = lock }
}
