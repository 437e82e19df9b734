import Glibc
import Linux
import Text

/// The folder where those who wait for an answer have their sockets.
public struct PromptFolder: Sendable, Equatable {
    /// Its path.
    public let path: String

    /// `warder/asking` in the runtime folder.
    ///
    /// - Parameters:
    ///   - runtime: `$XDG_RUNTIME_DIR`; nil or no absolute path where it is not set. Then it is the user's own folder
    ///     in `custom`, where there is one that only the user can enter, as it is for cron jobs beside a login.
    ///   - custom: where systemd makes runtime folders.
    public init(runtime: String?, custom: String = "/run/user") throws(RemotePromptError) {
        if let runtime, runtime.begins(with: "/") {
            path = runtime + "/warder/asking"
            return
        }
        let usual = "\(custom)/\(geteuid())"
        var info = stat()
        guard lstat(usual, &info) == 0, info.st_mode & (S_IFMT | 0o777) == S_IFDIR | 0o700, info.st_uid == geteuid()
        else { throw .noRuntimeFolder }
        path = usual + "/warder/asking"
    }

    /// Makes the folder where it is missing; one that others can write to, or own, is refused.
    func make() throws(RemotePromptError) {
        do throws(FileError) {
            try makePrivateFolder(path)
            try check()
        } catch { throw .folder(error) }
    }

    /// That the folder is the user's, no link, and closed to the writing of others.
    func check() throws(FileError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw .system(SystemError(call: "lstat", path: path, code: errno)) }
        if info.st_mode & S_IFMT == S_IFLNK { throw .link(path: path) }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            throw .system(SystemError(call: "lstat", path: path, code: ENOTDIR))
        }
        guard info.st_uid == geteuid() else { throw .foreign(path: path, owner: info.st_uid) }
        guard info.st_mode & 0o022 == 0 else { throw .exposed(path: path, mode: info.st_mode & 0o777) }
    }

    /// Whether a `warder mfa --watch` runs, so that somebody may be expected to see what is asked.
    public var isWatched: Bool { SharedLock.isHeld(watchedFile) }

    /// The file that those who watch hold a lock of.
    var watchedFile: String { path + "/watching" }
}

/// The name of a socket: the process that waits, and what tells it from another that had the same number.
struct SocketName: Hashable, Sendable {
    let text: String

    init(process: pid_t, random: UInt32) {
        let digits = String(random, radix: 16)
        text = "\(process)-" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Nil for the name of something else, such as a socket that nobody may connect to yet.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...10).contains(parts[0].count), parts[1].count == 8,
            parts[0].allSatisfy({ (48...57).contains($0) }),
            parts[1].allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.text = text
    }

    func path(in folder: PromptFolder) -> String { "\(folder.path)/\(text)" }

    /// Where it stands until it can be connected to.
    func hiddenPath(in folder: PromptFolder) -> String { "\(folder.path)/.\(text)" }
}
