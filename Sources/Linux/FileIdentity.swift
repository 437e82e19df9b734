import Glibc

/// Identifies a file, whichever path leads to it.
public struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// The inode of the file at `path`, after following links, if hard links give it more names than this one.
    public static func inodeOfManyNames(at path: String) -> UInt64? {
        var info = stat()
        guard stat(path, &info) == 0, info.st_nlink > 1 else { return nil }
        return UInt64(info.st_ino)
    }

    /// The file at `path`, after following links; nil if it cannot be seen. The corresponding C function is `stat`.
    public init?(at path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        self.init(info)
    }
}
