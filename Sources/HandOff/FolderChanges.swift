import Glibc
import Linux

/// Word that something has come into a folder or gone. The corresponding manual page is inotify(7).
final class FolderChanges {
    private let events: Descriptor
    private let inode: UInt64
    /// The kernel watches the folder no more; its number may be another's by now.
    private var isGone = false

    init(of path: String) throws(HandOffError) {
        let number = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard number >= 0 else { throw .watching(SystemError(call: "inotify_init1", path: path, code: errno)) }
        events = Descriptor(owning: number, path: path)
        let wanted = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
        guard inotify_add_watch(number, path, UInt32(wanted)) >= 0, let inode = fileNumber(path) else {
            throw .watching(SystemError(call: "inotify_add_watch", path: path, code: errno))
        }
        self.inode = inode
    }

    /// Whether the folder is the one that stands at `path`.
    func isOf(_ path: String) -> Bool { !isGone && fileNumber(path) == inode }

    var descriptor: Int32 { events.number }

    /// Whether there was any; which ones does not matter, since the folder is read anew.
    func take() -> Bool {
        var hasAny = false
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while let count = try? events.read(into: buffer), count > 0 {
                hasAny = true
                note(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return hasAny
    }

    private func note(_ events: UnsafeRawBufferPointer) {
        let size = MemoryLayout<inotify_event>.size
        var offset = 0
        while offset + size <= events.count {
            let event = events.load(fromByteOffset: offset, as: inotify_event.self)
            if event.mask & UInt32(IN_IGNORED) != 0 { isGone = true }
            offset += size + Int(event.len)
        }
    }
}

private func fileNumber(_ path: String) -> UInt64? {
    var info = stat()
    return lstat(path, &info) == 0 ? UInt64(info.st_ino) : nil
}
