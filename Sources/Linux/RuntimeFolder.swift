import Glibc
import Text

/// Whether the folder in `XDG_RUNTIME_DIR` is safe to use: owned by this user and not writable by others, as the XDG
/// Base Directory Specification requires. Another owner may have planted a socket there.
public enum RuntimeFolder: Equatable, Sendable {
    /// The variable is unset, or not an absolute path, which the specification says to ignore.
    case none
    case own(path: String)
    /// It is set, but unsafe to use.
    case refused(path: String, Fault)

    /// Why it is unsafe.
    public enum Fault: Equatable, Sendable {
        /// It is not a folder.
        case notAFolder
        /// Another user owns it.
        case foreign(owner: UInt32)
        /// Others may create and remove files in it; its permission bits.
        case exposed(mode: UInt32)
    }

    /// Checks the folder that the variable's value names.
    public init(_ value: String?) {
        guard let path = value, path.begins(with: "/") else {
            self = .none
            return
        }
        var info = stat()
        if stat(path, &info) != 0 {
            // The folder is created when it is first used; what prevents that shows then.
            self = .own(path: path)
        } else if info.st_mode & S_IFMT != S_IFDIR {
            self = .refused(path: path, .notAFolder)
        } else if info.st_uid != geteuid() {
            self = .refused(path: path, .foreign(owner: info.st_uid))
        } else if info.st_mode & 0o022 != 0, info.st_mode & S_ISVTX == 0 {
            self = .refused(path: path, .exposed(mode: info.st_mode & 0o7777))
        } else {
            self = .own(path: path)
        }
    }

    /// Its path, if it is safe to use.
    public var path: String? {
        if case .own(let path) = self { path } else { nil }
    }
}
