import Glibc
import Linux
import Text

/// The folder in which waiting processes have their sockets.
public struct PromptFolder: Sendable, Equatable {
    /// Its path.
    public let path: String

    /// `warder/asking` in the runtime folder.
    ///
    /// - Parameters:
    ///   - runtime: `$XDG_RUNTIME_DIR`. If it is nil or not an absolute path, the user's folder in `custom` is used,
    ///     provided that only the user can enter it: a cron job beside a login finds it there.
    ///   - custom: where systemd creates runtime folders.
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

    /// Creates the folder if it is missing; throws if another user owns it or can write to it.
    func make() throws(RemotePromptError) {
        do throws(FileError) {
            try makePrivateFolder(path)
            try check()
        } catch { throw .folder(error) }
    }

    /// Checks that the folder belongs to the user, is not a link, and is not writable by others.
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

    /// Whether a `warder mfa --watch` is running, so that the user can be expected to see the request.
    public var isWatched: Bool { SharedLock.isHeld(watchedFile) }

    /// The file that watchers hold a lock on.
    var watchedFile: String { path + "/watching" }
}

/// The name of a socket: the waiting process's ID, and what distinguishes it from an earlier process with the same ID.
struct SocketName: Hashable, Sendable {
    let text: String

    init(process: pid_t, random: UInt32) {
        let digits = String(random, radix: 16)
        text = "\(process)-" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Nil for any other name, such as that of a socket which is not ready for connections yet.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...10).contains(parts[0].count), parts[1].count == 8,
            parts[0].allSatisfy({ (48...57).contains($0) }),
            parts[1].allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.text = text
    }

    func path(in folder: PromptFolder) -> String { "\(folder.path)/\(text)" }

    /// Its path until it is ready for connections.
    func hiddenPath(in folder: PromptFolder) -> String { "\(folder.path)/.\(text)" }
}
