import Glibc
import Secrets

/// A file of the user's, as `~/.aws/config`, that a new text takes the place of: whenever the process is killed, the old
/// text or the new is there.
///
/// A link stays a link: what is replaced stands where it ends. The file keeps its owner and its mode. One that is not
/// there is made (0600), with its folder (0700). Nothing else is left in the user's folder: the caller holds the lock that
/// belongs to the file, so that nobody else writes beside it, and what a killed process left there is removed.
public struct FileReplacement {
    private let path: String
    /// Where the links end.
    private let target: String
    private let leadsElsewhere: Bool
    /// Nil where there is no file yet.
    private let old: stat?

    /// Looks where the links end, and whether the file may be replaced.
    public init(_ path: String) throws(FileError) {
        self.path = absolute(path)
        target = try Self.end(of: self.path)
        leadsElsewhere = target != self.path || isLink(folder(of: self.path))
        old = try Self.plainFile(target)
    }

    /// Puts `text` in the place of the file, if that still holds what the caller goes by.
    ///
    /// - Parameter isUnchanged: whether what it holds now is that; nothing where it is not there.
    /// - Returns: false where it is not, and nothing was done.
    public func replace(
        with text: borrowing SecretBytes, if isUnchanged: (borrowing SecretBytes) -> Bool
    ) throws(FileError) -> Bool {
        do throws(SystemError) {
            if old == nil { try makeFolder() } else { _ = try system("open", target) { access(target, W_OK) } }
            return try rename(text, isUnchanged)
        } catch {
            guard leadsElsewhere, FileError.system(error).isForWantOfWriting else { throw .system(error) }
            throw .unwritableBehindLink(path: path, target: target)
        }
    }

    private func rename(
        _ text: borrowing SecretBytes, _ isUnchanged: (borrowing SecretBytes) -> Bool
    ) throws(SystemError) -> Bool {
        let temporary = target + ".warder-new"
        // Opened before anything is done, so that the one failure that can come after the rename is that of its `fsync`.
        let folder = try Descriptor(opening: folder(of: target), O_RDONLY | O_DIRECTORY)
        try removeFile(temporary)
        defer { unlink(temporary) }
        try write(text, to: temporary)
        guard isUnchanged(try now()) else { return false }
        _ = try system("rename", target) { Glibc.rename(temporary, target) }
        do throws(SystemError) { try folder.synchronize() } catch {
            throw SystemError(call: SystemError.lateSynchronization, path: target, code: error.code)
        }
        return true
    }

    /// The new file, as whoever reads it knows the old one, and on the disk.
    private func write(_ text: borrowing SecretBytes, to path: String) throws(SystemError) {
        let file = try create(path)
        if let old {
            let new = try file.status()
            if new.st_uid != old.st_uid || new.st_gid != old.st_gid {
                _ = try system("chown", path) { fchown(file.number, old.st_uid, old.st_gid) }
            }
            _ = try system("chmod", path) { fchmod(file.number, old.st_mode & 0o7777) }
        }
        try text.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
        try file.synchronize()
    }

    /// Closed to others until it has the old one's mode. Where it cannot be made, its folder is to be looked at.
    private func create(_ path: String) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch { throw SystemError(call: error.call, path: folder(of: path), code: error.code) }
    }

    private func now() throws(SystemError) -> SecretBytes {
        do throws(FileError) { return try readFile(target, limit: 64 << 20) } catch {
            if error.isAbsence { return SecretBytes(capacity: 0) }
            if case .system(let error) = error { throw error }
            throw SystemError(call: "read", path: target, code: EFBIG)
        }
    }

    private func makeFolder() throws(SystemError) {
        let folder = folder(of: target)
        guard !fileExists(folder) else { return }
        do throws(FileError) { try makePrivateFolder(folder) } catch {
            if case .system(let error) = error { throw error }
            throw SystemError(call: "mkdir", path: folder, code: EEXIST)
        }
    }

    // MARK: - Links

    /// What stands at the end of the links that `path` may be the first of, be it nothing.
    private static func end(of path: String) throws(FileError) -> String {
        var end = path
        for _ in 0..<40 {
            guard let link = link(at: end) else {
                try checkFolder(of: end, behind: path)
                return end
            }
            end = link
        }
        throw .system(SystemError(call: "readlink", path: path, code: ELOOP))
    }

    /// A link to nowhere is followed as far as its folder, which nobody but the user can know the use of.
    private static func checkFolder(of end: String, behind path: String) throws(FileError) {
        let place = folder(of: end)
        var info = stat()
        guard stat(place, &info) != 0, errno == ENOENT || errno == ENOTDIR else { return }
        if end != path { throw .brokenLink(path: path, folder: place) }
        if let missing = link(at: place) { throw .brokenLink(path: place, folder: missing) }
    }

    /// What is to be replaced must be a file; nil where there is none.
    private static func plainFile(_ path: String) throws(FileError) -> stat? {
        var status = stat()
        do throws(SystemError) { _ = try system("stat", path) { stat(path, &status) } } catch {
            if error.isAbsence { return nil }
            throw .system(error)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        return status
    }
}

/// The folder that `path`, which begins at the root, is in.
func folder(of path: String) -> String {
    let slash = UInt8(ascii: "/")
    guard let last = path.utf8.lastIndex(of: slash), last > path.startIndex else { return "/" }
    return String(path[..<last])
}

private func isLink(_ path: String) -> Bool { link(at: path) != nil }

/// Where a link leads, from the root; nil for what is none. The corresponding C function is `readlink`.
func link(at path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.utf8.first == UInt8(ascii: "/") ? target : folder(of: path) + "/" + target
}
