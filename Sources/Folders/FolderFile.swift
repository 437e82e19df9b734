import Crypto
import Glibc
import Linux
import Secrets
import Text

/// A `.warder` file, read once: the profile that it asks for, and the content that trust depends on.
public struct FolderFile: Equatable, Sendable {
    /// The file's name.
    public static let name = ".warder"
    /// The largest permitted file, in bytes.
    static let limit = 4096

    /// Its absolute path, without links.
    public let path: String
    /// The name of the profile that it asks for, which may not exist.
    public let profile: String
    /// SHA-256 of its content.
    let digest: [UInt8]

    /// The file that applies in `start`: its own, or else that of the nearest folder above.
    ///
    /// The search goes up only through folders that this user owns, and not above `home`: a file that another user put
    /// higher up, in `/tmp` or in `/`, applies to no one. Nil if there is none.
    public static func find(from start: String, home: String?) throws(FolderError) -> FolderFile? {
        let last = home.flatMap { try? Folder(opening: $0).identity }
        var folder = try opened(start)
        while true {
            if let file = try FolderFile(in: folder) { return file }
            if folder.identity == last || folder.owner != geteuid() { return nil }
            guard let parent = try? folder.parent(), parent.identity != folder.identity else { return nil }
            folder = parent
        }
    }

    /// The file in a folder; nil if there is none.
    public init?(inFolder path: String) throws(FolderError) { try self.init(in: try Self.opened(path)) }

    private static func opened(_ path: String) throws(FolderError) -> Folder {
        do throws(SystemError) { return try Folder(opening: path) } catch { throw .start(error) }
    }

    private init?(in folder: borrowing Folder) throws(FolderError) {
        guard let text = try Self.read(in: folder) else { return nil }
        path = try Self.path(in: folder)
        do throws(FolderText.Fault) { profile = try FolderText.profile(text) } catch {
            switch error {
            case .notOneName: throw .notOneName(path: path)
            case .notAName: throw .notAName(path: path)
            case .carriageReturn: throw .carriageReturn(path: path)
            case .byteOrderMark: throw .byteOrderMark(path: path)
            case .remark: throw .remark(path: path)
            }
        }
        do throws(CryptoError) { digest = try sha256(of: text) } catch { throw .crypto(error) }
    }

    /// The file's content, if no other user can have written it; nil if there is no file.
    private static func read(in folder: borrowing Folder) throws(FolderError) -> [UInt8]? {
        guard let file = try open(in: folder) else { return nil }
        let path = try path(in: folder)
        let status: stat
        do throws(SystemError) { status = try file.status() } catch { throw .file(.system(error)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(.notAFile(path: path)) }
        if let error = suspicion(path, owner: status.st_uid, mode: status.st_mode & 0o7777) { throw .file(error) }
        let parent = Text.folder(ofPath: path) ?? ""
        if let error = suspicion(parent.isEmpty ? "/" : parent, owner: folder.owner, mode: folder.mode) {
            throw .folder(error)
        }
        do throws(SystemError) {
            guard let text = try file.readToEnd(limit: limit) else {
                throw SystemError(call: "", path: path, code: EFBIG)
            }
            return text.withUnsafeBytes { Array($0) }
        } catch { throw .file(error.code == EFBIG ? .tooLarge(path: path, limit: limit) : .system(error)) }
    }

    /// Opens the file; nil if there is none, or if this user may not look.
    private static func open(in folder: borrowing Folder) throws(FolderError) -> Descriptor? {
        do throws(SystemError) { return try folder.open(name) } catch {
            if error.isAbsence || error.code == EACCES { return nil }
            let path = try path(in: folder)
            switch error.code {
            case ELOOP: throw .file(.link(path: path))
            case ENXIO: throw .file(.notAFile(path: path))
            default: throw .file(.system(SystemError(call: error.call, path: path, code: error.code)))
            }
        }
    }

    /// Why another user may have written it: the owner is neither this user nor root, or others may write to it.
    private static func suspicion(_ path: String, owner: UInt32, mode: UInt32) -> FileError? {
        guard owner == geteuid() || owner == 0 else { return .foreign(path: path, owner: owner) }
        return mode & 0o022 == 0 ? nil : .exposed(path: path, mode: mode)
    }

    /// A path that can be shown to the user, and stored in one line.
    private static func path(in folder: borrowing Folder) throws(FolderError) -> String {
        guard let bytes = try? folder.path(), let path = String(validating: bytes, as: UTF8.self),
            path.begins(with: "/"), !FolderText.holdsControl(path.utf8[...])
        else { throw .unusablePath }
        return path == "/" ? "/" + name : path + "/" + name
    }
}

/// SHA-256 of bytes that are not secret.
func sha256(of bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
    let digest: Result<[UInt8], CryptoError> = bytes.withUnsafeBytes { bytes in
        Result { () throws(CryptoError) in try Crypto.sha256(bytes) }
    }
    return try digest.get()
}
