import Glibc

/// An open folder, to look into and to go up from without a path that could change meanwhile or be too long.
public struct Folder: ~Copyable {
    private let descriptor: Descriptor
    private let status: stat

    /// `O_PATH` of open(2), which the C library's module leaves out: a folder that one may not list is still a way.
    private static let handle: Int32 = 0o10000000

    /// Which folder it is, as long as it is open.
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

    /// Which folder it is.
    public var identity: Identity { Identity(status) }
    /// The user it belongs to.
    public var owner: UInt32 { status.st_uid }
    /// Its permission bits.
    public var mode: UInt32 { status.st_mode & 0o7777 }

    /// The folder above; the root's is the root.
    public func parent() throws(SystemError) -> Folder {
        let number = try system("open", "..") { openat(descriptor.number, "..", Self.handle | O_DIRECTORY | O_CLOEXEC) }
        return try Folder(Descriptor(owning: number, path: descriptor.path))
    }

    /// Its path from the root, without links; `ENAMETOOLONG` where that is longer than a path can be.
    public func path() throws(SystemError) -> [UInt8] {
        let link = "/proc/self/fd/\(descriptor.number)"
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = try system("readlink", link) { readlink(link, &path, path.count) }
        return path.prefix(length).map { UInt8(bitPattern: $0) }
    }

    /// Opens a file in it for reading, without waiting for anybody; a link is not followed.
    public func open(_ name: String) throws(SystemError) -> Descriptor {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        return Descriptor(
            owning: try system("open", name) { openat(descriptor.number, name, flags) }, path: name)
    }
}
