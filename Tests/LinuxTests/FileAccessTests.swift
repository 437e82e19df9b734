import Foundation
import Linux
import Testing

@Suite("What others may do with files")
struct FileAccessTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "warder-access-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func access(_ mode: Int, isFolder: Bool = false) throws -> FileAccess {
        let path = folder + "/it"
        try? FileManager.default.removeItem(atPath: path)
        if isFolder {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } else {
            try Data().write(to: URL(filePath: path))
        }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return try #require(FileAccess(at: path))
    }

    @Test func followsTheMode() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let closed = try access(0o600)
        #expect(closed.isOwn && closed.isPlainFile && closed.mode == 0o600)
        #expect(!closed.othersMayRead && !closed.othersMayWrite)
        #expect(try access(0o604).othersMayRead)
        #expect(try !access(0o604).othersMayWrite)
        #expect(try access(0o602).othersMayWrite)
        #expect(try access(0o707, isFolder: true).othersMayWrite)
        // As /tmp is: others may add files, and not replace any.
        #expect(try !access(0o1777, isFolder: true).othersMayWrite)
        #expect(FileAccess(at: folder + "/absent") == nil)
    }

    @Test func takesEveryFolderAbove() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
        _ = try access(0o600)
        let isReached = othersReach(folder + "/it")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        #expect(isReached && !othersReach(folder + "/it"))
    }

    @Test func knowsMountPoints() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(isMountPoint("/proc") && !isMountPoint("/proc/self") && !isMountPoint(folder + "/absent"))
    }

    /// ext4, btrfs, tmpfs and NFS; FAT, exFAT, NTFS, 9P as in WSL, SMB and FUSE.
    @Test func knowsFileSystemsWithoutModes() {
        for type: Int64 in [0xEF53, 0x9123_683E, 0x0102_1994, 0x6969, -1] { #expect(FileAccess.keepsModes(type)) }
        for type: Int64 in [0x4d44, 0x2011_BAB0, 0x7366_746e, 0x0102_1997, 0xff53_4d42, 0x6573_5546] {
            #expect(!FileAccess.keepsModes(type))
        }
    }
}
