import Glibc
import Linux
import Profiles
import Secrets
import Text

/// Replaces the user's own config file: whenever the process is killed, the old text or the new is there.
///
/// A link stays a link, and the file keeps its owner and its mode. Nothing else is left in the user's folder.
struct ConfigRewrite: ~Copyable {
    /// Taken before the file is read, so that of two warders neither undoes what the other does. Its file is in
    /// warder's own folder: none of it belongs in `~/.aws`.
    private let lock: FileLock

    /// Waits for its turn.
    init(_ context: Context) throws(Failure) {
        let folder = context.places.state
        do throws(FileError) { try makePrivateFolder(folder) } catch { throw Failure(error, "warder's state folder") }
        do throws(LockError) {
            lock = try FileLock.acquire(folder + "/config.lock", until: .after(milliseconds: 10_000))
        } catch { throw Failure(error, "the config file") }
    }

    /// Puts `text` in the place of `file`, if that still says what it said when it was read.
    borrowing func replace(_ file: ProfileFile, with text: borrowing SecretBytes) throws(Failure) {
        do throws(FileError) {
            if try Self.replaceUnchanged(file, text) { return }
        } catch { throw Failure(error, "the config file") }
        throw Failure(
            .other, "\(file.path) was changed meanwhile by another program, and stays as that left it",
            hint: "run the command again")
    }

    /// False where it was changed.
    private static func replaceUnchanged(
        _ file: ProfileFile, _ text: borrowing SecretBytes
    ) throws(FileError) -> Bool {
        let path = try target(of: file.path)
        let status = try plainFile(path)
        let temporary = path + ".warder-new"
        do throws(SystemError) {
            let folder = try Descriptor(opening: folder(of: path), O_RDONLY | O_DIRECTORY)
            // One that a killed process has left.
            try removeFile(temporary)
            defer { unlink(temporary) }
            try write(text, to: temporary, like: status)
            let now = try readAgain(path)
            guard file.isUnchanged(now) else { return false }
            try call("rename", path) { rename(temporary, path) }
            do throws(SystemError) { try folder.synchronize() } catch {
                throw SystemError(call: SystemError.lateSynchronization, path: path, code: error.code)
            }
            return true
        } catch { throw .system(error) }
    }

    /// The new file, as whoever reads it knows the old one, and on the disk.
    private static func write(
        _ text: borrowing SecretBytes, to path: String, like old: stat
    ) throws(SystemError) {
        let file = try create(path)
        let new = try file.status()
        if new.st_uid != old.st_uid || new.st_gid != old.st_gid {
            try call("chown", path) { fchown(file.number, old.st_uid, old.st_gid) }
        }
        try call("chmod", path) { fchmod(file.number, old.st_mode & 0o7777) }
        try text.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
        try file.synchronize()
    }

    /// Closed to others until it has the old one's mode. Where it cannot be made, its folder is to be looked at.
    private static func create(_ path: String) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch { throw SystemError(call: error.call, path: folder(of: path), code: error.code) }
    }

    private static func readAgain(_ path: String) throws(SystemError) -> SecretBytes {
        do throws(FileError) { return try readFile(path, limit: 64 << 20) } catch {
            if case .system(let error) = error { throw error }
            throw SystemError(call: "read", path: path, code: EFBIG)
        }
    }

    /// Where the links end, if `path` is one.
    private static func target(of path: String) throws(FileError) -> String {
        guard let target = realpath(path, nil) else {
            throw .system(SystemError(call: "realpath", path: path, code: errno))
        }
        defer { free(target) }
        return String(cString: target)
    }

    /// What is to be replaced must be a file that the user may write: `rename` alone would not ask.
    private static func plainFile(_ path: String) throws(FileError) -> stat {
        var status = stat()
        do throws(SystemError) {
            try call("stat", path) { stat(path, &status) }
            try call("open", path) { access(path, W_OK) }
        } catch { throw .system(error) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        return status
    }

    private static func folder(of path: String) -> String {
        let folder = Text.folder(ofPath: path) ?? ""
        return folder.isEmpty ? "/" : folder
    }

    private static func call(_ name: String, _ path: String, _ body: () -> Int32) throws(SystemError) {
        guard body() == 0 else { throw SystemError(call: name, path: path, code: errno) }
    }
}
