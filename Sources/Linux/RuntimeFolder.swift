import Glibc
import Text

/// Whether the folder that `XDG_RUNTIME_DIR` names is of use: this user's own, and not for others to write to, as the XDG
/// Base Directory Specification wants it. What somebody else owns, they may have put a socket into.
public enum RuntimeFolder: Equatable, Sendable {
    /// The variable is not set, or to no absolute path, which the specification says to ignore.
    case none
    case own(path: String)
    /// It is set, and not used.
    case refused(path: String, Fault)

    /// Why it is not used.
    public enum Fault: Equatable, Sendable {
        /// It is no folder.
        case notAFolder
        /// Another user owns it.
        case foreign(owner: UInt32)
        /// Others may put files into it, and take them away; its permission bits.
        case exposed(mode: UInt32)
    }

    /// Looks at what the variable says.
    public init(_ value: String?) {
        guard let path = value, path.begins(with: "/") else {
            self = .none
            return
        }
        var info = stat()
        if stat(path, &info) != 0 {
            // It is made where it is missing, and what hinders shows then.
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

    /// Its path, where it is used.
    public var path: String? {
        if case .own(let path) = self { path } else { nil }
    }
}
