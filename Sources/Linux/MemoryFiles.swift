import CLinux
import Glibc

/// Whether the folder at `path` lies in memory (tmpfs or ramfs), so that files there never reach a disk and do not
/// survive a reboot. The corresponding C function is `fstatfs`.
public func liesInMemory(_ path: String) throws(SystemError) -> Bool {
    let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    return try system("fstatfs", path) { warder_is_memory_filesystem(folder.number) } == 1
}
