import Glibc
import Secrets
import Text

/// Why a file could not be read or written.
public enum FileError: Error, Equatable, Sendable {
    /// A system call failed.
    case system(SystemError)
    /// The file is larger than warder accepts, in bytes.
    case tooLarge(path: String, limit: Int)
    /// The path leads to a folder, a device or a pipe instead of a file.
    case notAFile(path: String)
    /// Another user owns it.
    case foreign(path: String, owner: UInt32)
    /// Users other than the owner may read or write it; its permission bits.
    case exposed(path: String, mode: UInt32)
    /// One of warder's own files is a symbolic link.
    case link(path: String)
    /// The user's file or its folder is a link to a folder that does not exist.
    case brokenLink(path: String, folder: String)
    /// The user's file or its folder is a link to something that cannot be written.
    case unwritableBehindLink(path: String, target: String)

    /// Whether only writing failed: the file system is read-only, or the user lacks permission.
    public var isForWantOfWriting: Bool {
        guard case .system(let error) = self else { return false }
        return [EROFS, EACCES, EPERM].contains(error.code)
    }

    /// The file is not there.
    public var isAbsence: Bool {
        if case .system(let error) = self { error.isAbsence } else { false }
    }
}

/// Reads a file that the user wrote, such as `~/.aws/config`: links are followed, and its permissions are up to the
/// user.
///
/// - Parameter timeout: how long to wait for a pipe in its place, in milliseconds.
public func readFile(
    _ path: String, limit: Int, timeout: Int64 = 3_000
) throws(FileError) -> SecretBytes {
    do throws(SystemError) {
        // Opening a pipe without a writer must not hang a program that runs unattended.
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        if status.st_mode & S_IFMT == S_IFDIR { throw SystemError(call: "read", path: path, code: EISDIR) }
        // Wait for a pipe, such as `<(command)`, but not for ever: the program may run unattended.
        let deadline: Deadline? = status.st_mode & S_IFMT == S_IFREG ? nil : .after(milliseconds: timeout)
        if let text = try file.readToEnd(limit: limit, expecting: Int(status.st_size), until: deadline) { return text }
    } catch { throw .system(error) }
    throw .tooLarge(path: path, limit: limit)
}

/// Reads one of warder's own files: a plain file that the user owns, closed to others.
public func readPrivateFile(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
    let file = try openPrivateFile(path, O_RDONLY)
    do throws(SystemError) {
        let status = try file.status()
        if let text = try file.readToEnd(limit: limit, expecting: Int(status.st_size)) { return text }
    } catch { throw .system(error) }
    throw .tooLarge(path: path, limit: limit)
}

/// Reads one of warder's own files as `readPrivateFile` does; nil if it does not exist.
public func readPrivateFileIfPresent(_ path: String, limit: Int) throws(FileError) -> SecretBytes? {
    do throws(FileError) { return try readPrivateFile(path, limit: limit) } catch {
        if error.isAbsence { return nil }
        throw error
    }
}

/// Opens one of warder's own files, and checks that it is a plain file that the user owns, closed to others.
public func openPrivateFile(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(FileError) -> Descriptor {
    let file: Descriptor
    do throws(SystemError) {
        file = try Descriptor(opening: path, flags | O_NOFOLLOW | O_NONBLOCK, mode: mode)
    } catch {
        throw error.code == ELOOP ? .link(path: path) : .system(error)
    }
    let status: stat
    do throws(SystemError) { status = try file.status() } catch { throw .system(error) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_uid == geteuid() else { throw .foreign(path: path, owner: status.st_uid) }
    guard status.st_mode & 0o077 == 0 else { throw .exposed(path: path, mode: status.st_mode & 0o777) }
    return file
}

/// Creates one of warder's own folders (0700) and its missing parents.
///
/// An existing one must belong to the user and not be writable by others; a mode wider than 0700 is left as it is,
/// since the user may share `~/.local/share`, and the files inside are 0600.
public func makePrivateFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o700) == 0 { return }
    switch errno {
    case EEXIST:
        var info = stat()
        guard stat(path, &info) == 0 else { throw .system(SystemError(call: "stat", path: path, code: errno)) }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            throw .system(SystemError(call: "mkdir", path: path, code: ENOTDIR))
        }
        guard info.st_uid == geteuid() else { throw .foreign(path: path, owner: info.st_uid) }
        guard info.st_mode & 0o022 == 0 else { throw .exposed(path: path, mode: info.st_mode & 0o777) }
    case ENOENT:
        guard let parent = folder(ofPath: path), !parent.isEmpty else {
            throw .system(SystemError(call: "mkdir", path: path, code: ENOENT))
        }
        try makeParent(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .system(SystemError(call: "mkdir", path: path, code: errno))
        }
    case let code:
        throw .system(SystemError(call: "mkdir", path: path, code: code))
    }
}

/// Creates a parent of warder's folders; an existing one is up to the user.
private func makeParent(_ path: String) throws(FileError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, let parent = folder(ofPath: path), !parent.isEmpty else {
        throw .system(SystemError(call: "mkdir", path: path, code: code))
    }
    try makeParent(parent)
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw .system(SystemError(call: "mkdir", path: path, code: errno))
    }
}

/// The names in a folder, without `.` and `..`, in no particular order; empty if the folder does not exist.
public func names(inFolder path: String) throws(SystemError) -> [String] {
    var names: [String] = []
    do throws(SystemError) {
        _ = try anyName(inFolder: path) { name in
            if name != "." && name != ".." { names.append(name) }
            return false
        }
    } catch {
        if !error.isAbsence { throw error }
    }
    return names
}

/// Whether a folder holds a name that meets a condition; reads no further than to the first such name. The
/// corresponding C function is `readdir`.
public func anyName(inFolder path: String, where isMet: (String) -> Bool) throws(SystemError) -> Bool {
    guard let folder = opendir(path) else { throw SystemError(call: "opendir", path: path, code: errno) }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if isMet(name) { return true }
    }
    return false
}

/// Removes a file; a missing one is not an error. The corresponding C function is `unlink`.
public func removeFile(_ path: String) throws(SystemError) {
    do throws(SystemError) { _ = try system("unlink", path) { unlink(path) } } catch {
        if !error.isAbsence { throw error }
    }
}

/// When a file was last modified, in seconds since 1970; nil if it cannot be seen.
public func modificationTime(of path: String) -> Int64? {
    var info = stat()
    return lstat(path, &info) == 0 ? Int64(info.st_mtim.tv_sec) : nil
}

/// The absolute form of `path`; `path` itself if the current folder no longer exists.
public func absolute(_ path: String) -> String {
    guard !path.begins(with: "/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
}
