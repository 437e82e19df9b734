import Glibc
import Linux

/// Word that something has come into a folder or gone. The corresponding manual page is inotify(7).
///
/// A user has 128 of these unless told otherwise, and editors and containers use them up. Without one nobody brings word:
/// whoever wants to know looks now and then.
final class FolderChanges {
    /// Nil where the kernel has none to give.
    private let events: Descriptor?
    private let inode: UInt64
    /// The kernel watches the folder no more; its number may be another's by now.
    private var isGone = false

    /// - Parameter watches: makes something to watch by; -1, with `errno`, where there is none. The corresponding C function
    ///   is `inotify_init1`.
    init(
        of path: String, watches: () -> Int32 = { inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }
    ) throws(RemotePromptError) {
        let number = watches()
        let wanted = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
        let isWatched = number >= 0 && inotify_add_watch(number, path, UInt32(wanted)) >= 0
        // Before another call sets it.
        let code = errno
        if isWatched { events = Descriptor(owning: number, path: path) } else { events = nil }
        if number >= 0, !isWatched { close(number) }
        guard let inode = fileNumber(path) else {
            throw .watching(SystemError(call: "lstat", path: path, code: errno))
        }
        self.inode = inode
        // The folder is there, so that it is the kernel that has no more to give.
        guard isWatched || Self.passing.contains(code) else {
            throw .watching(SystemError(call: "inotify_add_watch", path: path, code: code))
        }
    }

    /// What is used up: instances (EMFILE), watches (ENOSPC), files, memory; or the kernel was built without, or a sandbox
    /// does not allow it.
    private static let passing = [EMFILE, ENFILE, ENOSPC, ENOMEM, ENOSYS, EPERM, EACCES]

    /// Whether the folder is the one that stands at `path`.
    func isOf(_ path: String) -> Bool { !isGone && fileNumber(path) == inode }

    /// Nil where word never comes.
    var descriptor: Int32? {
        switch events {
        case .some(let events): events.number
        case .none: nil
        }
    }

    /// Whether there was any; which ones does not matter, since the folder is read anew.
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
