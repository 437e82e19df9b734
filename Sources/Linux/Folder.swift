import Glibc

/// An open folder, to read and to walk up from without a path that could change meanwhile or be too long.
public struct Folder: ~Copyable {
    private let descriptor: Descriptor
    private let status: stat

    /// `O_PATH` of open(2), which the C library's module omits: it opens even a folder that the user may not list.
    private static let handle: Int32 = 0o10000000

    /// Identifies a folder while it is open.
    public struct Identity: Equatable, Sendable {
        private let device: UInt
        private let number: UInt

        fileprivate init(_ status: stat) {
            device = UInt(status.st_dev)
            number = UInt(status.st_ino)
        }
    }

    /// Opens the folder at `path`; links are followed.
    public init(opening path: String) throws(SystemError) {
        try self.init(Descriptor(opening: path, Self.handle | O_DIRECTORY))
    }

    private init(_ descriptor: consuming Descriptor) throws(SystemError) {
        status = try descriptor.status()
        self.descriptor = descriptor
    }

    /// Identifies this folder.
    public var identity: Identity { Identity(status) }
    /// The ID of its owner.
    public var owner: UInt32 { status.st_uid }
    /// Its permission bits.
    public var mode: UInt32 { status.st_mode & 0o7777 }

    /// The parent folder; the root's is the root.
    public func parent() throws(SystemError) -> Folder {
        let number = try system("open", "..") { openat(descriptor.number, "..", Self.handle | O_DIRECTORY | O_CLOEXEC) }
        return try Folder(Descriptor(owning: number, path: descriptor.path))
    }

    /// Its absolute path without links; throws `ENAMETOOLONG` if that exceeds what a path can hold.
    public func path() throws(SystemError) -> [UInt8] {
        let link = "/proc/self/fd/\(descriptor.number)"
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = try system("readlink", link) { readlink(link, &path, path.count) }
        return path.prefix(length).map { UInt8(bitPattern: $0) }
    }

    /// Opens a file in it for reading, without blocking on a pipe; a link is not followed.
    public func open(_ name: String) throws(SystemError) -> Descriptor {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        return Descriptor(
            owning: try system("open", name) { openat(descriptor.number, name, flags) }, path: name)
    }
}
