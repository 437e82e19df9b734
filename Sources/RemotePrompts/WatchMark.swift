import Glibc
import Linux

/// While it exists, processes that are about to wait know that a watcher is running (`PromptFolder.isWatched`).
struct WatchMark: ~Copyable {
    private let lock: SharedLock

    /// Whether others can see it: its file was not removed.
    var isInPlace: Bool { lock.isInPlace }

    /// Creates it; several may exist at a time.
    init(in folder: PromptFolder) throws(RemotePromptError) {
        try folder.make()
        do throws(LockError) { lock = try SharedLock(folder.watchedFile) } catch {
            switch error {
            case .file(let error): throw .folder(error)
            case .timedOut(let path), .unsupported(let path):
                throw .watching(SystemError(call: "fcntl", path: path, code: EWOULDBLOCK))
            }
        }
    }
}
