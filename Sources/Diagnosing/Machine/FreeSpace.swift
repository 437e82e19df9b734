import Glibc
import Text

/// Space and inodes where warder writes.
enum FreeSpace: Check {
    /// A session takes less than 4 KiB; the vault and the log, a few times that.
    private static let leastBytes: UInt64 = 256 * 1024
    private static let leastFiles: UInt64 = 16

    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let paths = subject.context.paths
        var seen: [UInt] = []
        for path in [paths.vault, paths.sessions, paths.state, paths.runtime].compactMap({ $0 }) {
            guard let folder = existingFolder(of: path) else { continue }
            var info = statvfs()
            guard statvfs(folder, &info) == 0, !seen.contains(info.f_fsid) else { continue }
            seen.append(info.f_fsid)
            if info.f_flag & UInt(ST_RDONLY) == 0 { judge(info, folder, &diagnosis) }
        }
    }

    private static func judge(_ info: statvfs, _ folder: String, _ diagnosis: inout Diagnosis) {
        let why = "warder cannot store keys, cache sessions or write its log"
        if UInt64(info.f_bavail) * UInt64(info.f_frsize) < leastBytes {
            diagnosis.add(
                Finding(
                    "no_space", .broken, at: folder, "the file system is full", why: why,
                    .run("df -h \(shellWord(folder))")))
        }
        // A file system without a fixed number of inodes says 0.
        if info.f_files > 0, info.f_favail < leastFiles {
            diagnosis.add(
                Finding(
                    "no_inodes", .broken, at: folder, "the file system has no inodes left", why: why,
                    .run("df -i \(shellWord(folder))")))
        }
    }
}
