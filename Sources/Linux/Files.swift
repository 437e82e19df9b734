import Glibc
import Secrets
import Text

/// Why a file could not be read or written.
public enum FileError: Error, Equatable, Sendable {
    /// A system call failed.
    case system(SystemError)
    /// The file is larger than warder is willing to read, in bytes.
    case tooLarge(path: String, limit: Int)
    /// A folder, a device or a pipe stands where a file should.
    case notAFile(path: String)
    /// Somebody else owns it.
    case foreign(path: String, owner: UInt32)
    /// Others than the owner may read or write it; its permission bits.
    case exposed(path: String, mode: UInt32)
    /// A symbolic link stands where a file of warder's own should.
    case link(path: String)
    /// The user's file is a link, or its folder is one, and leads into a folder that is not there.
    case brokenLink(path: String, folder: String)
    /// The user's file is a link, or its folder is one, and what it leads to cannot be written.
    case unwritableBehindLink(path: String, target: String)

    /// Writing is what failed: the file system is read-only, or the user may not.
    public var isForWantOfWriting: Bool {
        guard case .system(let error) = self else { return false }
        return [EROFS, EACCES, EPERM].contains(error.code)
    }

    /// The file is not there.
    public var isAbsence: Bool {
        if case .system(let error) = self { error.isAbsence } else { false }
    }
}

/// Reads a file that the user wrote, as `~/.aws/config`: links are followed, and its permissions are the user's affair.
///
/// - Parameter patience: milliseconds that a pipe in its place is waited for.
public func readFile(
    _ path: String, limit: Int, timeout: Int64 = 3_000
) throws(FileError) -> SecretBytes {
    do throws(SystemError) {
        // Opening a pipe that nobody writes to must not hang a program that runs unattended.
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        if status.st_mode & S_IFMT == S_IFDIR { throw SystemError(call: "read", path: path, code: EISDIR) }
        // A pipe, as `<(command)`, is waited for, but not for ever: the program may run unattended.
        let deadline: Deadline? = status.st_mode & S_IFMT == S_IFREG ? nil : .after(milliseconds: timeout)
        if let text = try file.readToEnd(limit: limit, expecting: Int(status.st_size), until: deadline) { return text }
    } catch { throw .system(error) }
    throw .tooLarge(path: path, limit: limit)
}

/// Reads a file of warder's own: a plain file, the user's, closed to others.
public func readPrivateFile(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
    let file = try openPrivateFile(path, O_RDONLY)
    do throws(SystemError) {
        let status = try file.status()
        if let text = try file.readToEnd(limit: limit, expecting: Int(status.st_size)) { return text }
    } catch { throw .system(error) }
    throw .tooLarge(path: path, limit: limit)
}

/// Reads a file of warder's own as `readPrivateFile` does; nil where it is not there.
public func readPrivateFileIfPresent(_ path: String, limit: Int) throws(FileError) -> SecretBytes? {
    do throws(FileError) { return try readPrivateFile(path, limit: limit) } catch {
        if error.isAbsence { return nil }
        throw error
    }
}

/// Opens a file of warder's own, and checks that it is a plain file, the user's, closed to others.
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

/// Makes a folder of warder's own (0700) with those above it, where they are missing.
///
/// One that is there must be the user's and not writable for others; one more open than 0700 is left as it is,
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

/// Makes a folder above warder's own; one that is there is the user's affair.
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

/// The names in a folder, without `.` and `..`, in no order; empty where the folder is not there.
public func names(inFolder path: String) throws(SystemError) -> [String] {
    guard let folder = opendir(path) else {
        let error = SystemError(call: "opendir", path: path, code: errno)
        if error.isAbsence { return [] }
        throw error
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

/// Removes a file; one that is not there is no error. The corresponding C function is `unlink`.
public func removeFile(_ path: String) throws(SystemError) {
    do throws(SystemError) { _ = try system("unlink", path) { unlink(path) } } catch {
        if !error.isAbsence { throw error }
    }
}

/// When a file was last written to, in seconds since 1970; nil where it cannot be seen.
public func modificationTime(of path: String) -> Int64? {
    var info = stat()
    return lstat(path, &info) == 0 ? Int64(info.st_mtim.tv_sec) : nil
}

/// The path from the root; where there is no present folder any more, as it was given.
public func absolute(_ path: String) -> String {
    guard !path.begins(with: "/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
}
