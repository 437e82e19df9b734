import Failures
import Linux
import Profiles
import Secrets
import Text

/// The one way in which warder changes the user's config file: one change after another, each in one step.
package struct ConfigRewrite: ~Copyable {
    /// Taken before the file is read, so that of two warders neither undoes what the other does. Its file is in
    /// warder's own folder: none of it belongs in `~/.aws`.
    private let lock: FileLock

    /// Waits for its turn.
    package init(_ context: Context) throws(Failure) {
        let folder = context.places.state
        do throws(FileError) { try makePrivateFolder(folder) } catch { throw Failure(error, "warder's state folder") }
        do throws(LockError) {
            lock = try FileLock.acquire(folder + "/config.lock", until: .after(milliseconds: 10_000))
        } catch { throw Failure(error, "the config file") }
    }

    /// Puts `text` in the place of the file at `path`, if that still says what it said when it was read.
    ///
    /// - Parameter file: what was read there under this lock; nil where there was no file.
    package borrowing func replace(_ file: ProfileFile?, at path: String, with text: borrowing SecretBytes)
        throws(Failure)
    {
        do throws(FileError) {
            let isDone = try FileReplacement(path).replace(with: text) { now in
                file?.isUnchanged(now) ?? now.isEmpty
            }
            if isDone { return }
        } catch { throw Failure(error, "the config file") }
        throw Failure(
            .other, "\(path) was changed meanwhile by another program, and stays as that left it",
            hint: "run the command again")
    }
}
