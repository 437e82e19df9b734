import Failures
import Linux
import Profiles
import Secrets
import Text

/// The only way warder changes the user's config and credentials files: one change at a time, each of them atomic.
package struct ConfigRewrite: ~Copyable {
    /// Taken before the file is read, so that two warders cannot undo each other's changes. The lock file is in
    /// warder's own folder: it does not belong in `~/.aws`.
    private let lock: FileLock

    /// Waits for the lock.
    package init(_ context: Context) throws(Failure) {
        let folder = context.paths.state
        do throws(FileError) { try makePrivateFolder(folder) } catch { throw Failure(error, "warder's state folder") }
        do throws(LockError) {
            lock = try FileLock.acquire(folder + "/config.lock", until: .after(milliseconds: 10_000))
        } catch { throw Failure(error, "the config file") }
    }

    /// Replaces the file at `path` with `text`, if the file still holds what was read.
    ///
    /// - Parameters:
    ///   - file: what was read there under this lock; nil if there was no file.
    ///   - what: what messages call it.
    package borrowing func replace(
        _ file: ProfileFile?, at path: String, with text: borrowing SecretBytes, _ what: String = "the config file"
    ) throws(Failure) {
        do throws(FileError) {
            let isDone = try FileReplacement(path).replace(with: text) { now in
                file?.isUnchanged(now) ?? now.isEmpty
            }
            if isDone { return }
        } catch { throw Failure(error, what) }
        throw Failure(
            .other, "\(path) was changed meanwhile by another program, and stays as that left it",
            hint: "run the command again")
    }

    /// Fails if the file at `path` may not be replaced, as far as can be seen without trying.
    package static func check(_ path: String, _ what: String) throws(Failure) {
        do throws(FileError) { try FileReplacement(path).check() } catch { throw Failure(error, what) }
    }

    /// Removes what a killed process left beside the file at `path`: a part of its text, with the keys in it.
    package borrowing func removeLeftover(of path: String, _ what: String) throws(Failure) {
        do throws(FileError) { try FileReplacement(path).removeLeftover() } catch { throw Failure(error, what) }
    }

    /// Whether a killed process left something beside the file at `path`.
    package static func hasLeftover(of path: String) -> Bool { (try? FileReplacement(path).hasLeftover) == true }
}
