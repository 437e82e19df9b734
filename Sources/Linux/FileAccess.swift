import CLinux
import Glibc
import Text

/// Who owns a file or a folder, and what other users may do with it, after links are followed.
public struct FileAccess: Equatable, Sendable {
    /// The ID of its owner.
    public let owner: UInt32
    /// Its permission bits.
    public let mode: UInt32
    /// Whether it is a folder.
    public let isFolder: Bool
    /// Whether it is a plain file.
    public let isPlainFile: Bool
    private let group: UInt32
    /// Its file system has modes of its own, rather than one for all files.
    private let hasMode: Bool

    /// Nil if there is nothing that this user may look at. The corresponding C function is `stat`.
    public init?(at path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        owner = info.st_uid
        mode = info.st_mode & 0o7777
        isFolder = info.st_mode & S_IFMT == S_IFDIR
        isPlainFile = info.st_mode & S_IFMT == S_IFREG
        group = info.st_gid
        hasMode = info.st_mode & 0o066 == 0 || Self.keepsModes(warder_filesystem_type(path))
    }

    /// Whether this user owns it.
    public var isOwn: Bool { owner == geteuid() }

    /// Whether other users may read it, or list the folder.
    public var othersMayRead: Bool { othersMay(0o4) }

    /// Whether other users may write to it, or replace what is in the folder: not if it is sticky, as `/tmp`.
    public var othersMayWrite: Bool { othersMay(0o2) && !(isFolder && mode & UInt32(S_ISVTX) != 0) }

    /// Whether other users may go through the folder.
    fileprivate var othersMayPass: Bool { othersMay(0o1) }

    /// Whether all others have this permission, or a group that has other users.
    private func othersMay(_ bit: UInt32) -> Bool {
        guard hasMode || bit == 0o1 else { return false }
        return mode & bit != 0 || mode >> 3 & bit != 0 && !isPrivateGroup(group)
    }

    /// Whether files of a file system have the mode that they are given: not on those of Windows, which show one mode
    /// for all. The numbers are those of statfs(2).
    public static func keepsModes(_ type: Int64) -> Bool { !typesWithoutModes.contains(type) }

    /// FAT, exFAT, both of NTFS, 9P as in WSL, CIFS, SMB and FUSE.
    private static let typesWithoutModes: [Int64] = [
        0x4d44, 0x2011_BAB0, 0x5346_544e, 0x7366_746e, 0x0102_1997, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546,
    ]
}

/// Whether this process runs as root. The corresponding C function is `geteuid`.
public var isRoot: Bool { geteuid() == 0 }

/// Whether other users may go through every folder above `path`, an absolute path without links at its end.
public func othersReach(_ path: String) -> Bool {
    var path = resolved(path) ?? path
    while let folder = folder(ofPath: path) {
        guard let access = FileAccess(at: folder.isEmpty ? "/" : folder) else { return false }
        if !access.othersMayPass { return false }
        path = folder
    }
    return true
}

/// Whether `path` is where another file system begins, as a mounted file or folder of a container does.
public func isMountPoint(_ path: String) -> Bool {
    var (here, above) = (stat(), stat())
    guard stat(path, &here) == 0, stat(folder(of: path), &above) == 0 else { return false }
    return here.st_dev != above.st_dev
}

/// Whether a group has this user alone, as distributions make it that give each user a group of the same name or
/// number.
///
/// Only the files of the user database are read: others would be asked over a socket. A group that they do not have
/// counts by its number.
private func isPrivateGroup(_ number: UInt32) -> Bool {
    let user = entry(of: geteuid(), in: "/etc/passwd")?.first ?? ""
    guard let group = entry(of: number, in: "/etc/group") else { return number == geteuid() }
    let members = (group.count > 3 ? group[3] : "").split(separator: ",")
    guard members.allSatisfy({ String($0).isSame(as: user) }) else { return false }
    return number == geteuid() || !user.isEmpty && group[0].isSame(as: user)
}

/// The fields of the line with this ID in passwd(5) or group(5).
private func entry(of number: UInt32, in path: String) -> [String]? {
    guard let text = try? readFile(path, limit: 1 << 20) else { return nil }
    let lines = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }.utf8.split(separator: UInt8(ascii: "\n"))
    for line in lines {
        let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { Substring($0) }
        if fields.count > 2, UInt32(fields[2]) == number { return fields.map { String($0) } }
    }
    return nil
}
