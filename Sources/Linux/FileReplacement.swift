import Glibc
import Secrets

/// Replaces one of the user's files, such as `~/.aws/config`: if the process is killed at any moment, the file holds
/// the old text or the new.
///
/// A link stays a link: the file it leads to is replaced. The file keeps its owner and mode. A missing file is created
/// (0600), with its folder (0700). Nothing else is left in the user's folder: the caller holds the lock that belongs to
/// the file, so no other warder writes beside it, and what a killed process left there is removed.
public struct FileReplacement {
    private let path: String
    /// The file at the end of the links.
    private let target: String
    private let leadsElsewhere: Bool
    /// Nil if there is no file yet.
    private let old: stat?

    /// Follows the links, and checks that the file may be replaced.
    public init(_ path: String) throws(FileError) {
        self.path = absolute(path)
        target = try Self.end(of: self.path)
        leadsElsewhere = target != self.path || isLink(folder(of: self.path))
        old = try Self.plainFile(target)
    }

    /// Replaces the file with `text`, unless it has changed since the caller read it.
    ///
    /// - Parameter isUnchanged: whether the file's present text is what the caller read; gets an empty text for a
    ///   missing file.
    /// - Returns: false if the file has changed, and nothing was written.
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

    /// Fails if the file may not be replaced, as far as can be seen without trying.
    public func check() throws(FileError) {
        let place = folder(of: target)
        do throws(SystemError) {
            if old != nil { _ = try system("open", target) { access(target, W_OK) } }
            if fileExists(place) { _ = try system("open", place) { access(place, W_OK | X_OK) } }
        } catch {
            guard leadsElsewhere, FileError.system(error).isForWantOfWriting else { throw .system(error) }
            throw .unwritableBehindLink(path: path, target: target)
        }
    }

    /// Where the new text is written before the rename.
    private var temporary: String { target + ".warder-new" }

    /// Whether a killed process left a new text there.
    public var hasLeftover: Bool { fileExists(temporary) }

    /// Removes what a killed process left there. The caller holds the lock that belongs to the file.
    public func removeLeftover() throws(FileError) {
        do throws(SystemError) { try removeFile(temporary) } catch { throw .system(error) }
    }

    private func rename(
        _ text: borrowing SecretBytes, _ isUnchanged: (borrowing SecretBytes) -> Bool
    ) throws(SystemError) -> Bool {
        // Opened first, so that only its `fsync` can still fail after the rename.
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

    /// Writes the new file with the old one's owner and mode, and waits for the disk.
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

    /// Creates the file, closed to others until it gets the old one's mode. On failure, the folder may explain why.
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

    /// The path at the end of the links that start at `path`, whether or not it exists.
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

    /// Checks that the folder of a broken link's target exists: only the user knows whether it should.
    private static func checkFolder(of end: String, behind path: String) throws(FileError) {
        let place = folder(of: end)
        var info = stat()
        guard stat(place, &info) != 0, errno == ENOENT || errno == ENOTDIR else { return }
        if end != path { throw .brokenLink(path: path, folder: place) }
        if let missing = link(at: place) { throw .brokenLink(path: place, folder: missing) }
    }

    /// The file to replace, which must be a plain file; nil if it does not exist.
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

/// The folder that contains `path`, an absolute path.
func folder(of path: String) -> String {
    let slash = UInt8(ascii: "/")
    guard let last = path.utf8.lastIndex(of: slash), last > path.startIndex else { return "/" }
    return String(path[..<last])
}

private func isLink(_ path: String) -> Bool { link(at: path) != nil }

/// Where a link leads, as an absolute path; nil if `path` is not a link. The corresponding C function is `readlink`.
func link(at path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let target = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return target.utf8.first == UInt8(ascii: "/") ? target : folder(of: path) + "/" + target
}
