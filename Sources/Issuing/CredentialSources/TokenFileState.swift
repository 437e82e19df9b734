import Glibc

/// What warder can tell about a token file without opening it.
enum TokenFileState {
    case readable, empty, unreadable

    /// The maximum size of a token, in bytes.
    static let limit = 20_000

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0, faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 else {
            self = .unreadable
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG where status.st_size == 0: self = .empty
        case S_IFREG: self = status.st_size <= Self.limit ? .readable : .unreadable
        case S_IFDIR: self = .unreadable
        default: self = .readable
        }
    }
}
