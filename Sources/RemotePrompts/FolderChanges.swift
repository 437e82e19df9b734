import Glibc
import Linux

/// Notices that files appear in a folder or disappear. The corresponding manual page is inotify(7).
///
/// A user has 128 inotify instances by default, and editors and containers use them up. Without one there are no
/// notices: the caller polls.
final class FolderChanges {
    /// Nil if the kernel has no instance left.
    private let events: Descriptor?
    private let inode: UInt64
    /// The kernel no longer watches the folder; another folder may have its inode number by now.
    private var isGone = false

    /// - Parameter watches: makes an inotify instance; -1, with `errno`, on failure. The corresponding C function is
    ///   `inotify_init1`.
    init(
        of path: String, watches: () -> Int32 = { inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }
    ) throws(RemotePromptError) {
        let number = watches()
        let wanted = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
        let isWatched = number >= 0 && inotify_add_watch(number, path, UInt32(wanted)) >= 0
        // Read before another call changes it.
        let code = errno
        if isWatched { events = Descriptor(owning: number, path: path) } else { events = nil }
        if number >= 0, !isWatched { close(number) }
        guard let inode = fileNumber(path) else {
            throw .watching(SystemError(call: "lstat", path: path, code: errno))
        }
        self.inode = inode
        // The folder exists, so the failure is one of the kernel's limits.
        guard isWatched || Self.passing.contains(code) else {
            throw .watching(SystemError(call: "inotify_add_watch", path: path, code: code))
        }
    }

    /// Errors that leave polling: instances (EMFILE), watches (ENOSPC), files or memory are used up; the kernel was
    /// built without inotify, or a sandbox forbids it.
    private static let passing = [EMFILE, ENFILE, ENOSPC, ENOMEM, ENOSYS, EPERM, EACCES]

    /// Whether the watched folder is still the one at `path`.
    func isOf(_ path: String) -> Bool { !isGone && fileNumber(path) == inode }

    /// Nil if notices never come.
    var descriptor: Int32? {
        switch events {
        case .some(let events): events.number
        case .none: nil
        }
    }

    /// Whether anything changed; what changed does not matter, since the folder is read again.
    func take() -> Bool {
        switch events {
        case .some(let events): take(from: events)
        case .none: false
        }
    }

    private func take(from events: borrowing Descriptor) -> Bool {
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
