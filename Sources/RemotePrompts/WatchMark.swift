import Glibc
import Linux

/// Says to those who are about to wait that somebody looks, as long as it is there (`PromptFolder.isWatched`).
struct WatchMark: ~Copyable {
    private let lock: SharedLock

    /// It can be seen by others: its file was not removed.
    var isInPlace: Bool { lock.isInPlace }

    /// Makes it; any number may be there at a time.
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
