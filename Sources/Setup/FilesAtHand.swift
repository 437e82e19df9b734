import Glibc
import Linux
import Secrets

/// Reads a file as `readFile` does, but waits for no other process: a pipe or a socket is refused unread.
package func readFileAtHand(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
    var info = stat()
    if stat(path, &info) == 0, [S_IFIFO, S_IFSOCK].contains(info.st_mode & S_IFMT) { throw .notAFile(path: path) }
    return try readFile(path, limit: limit, timeout: 100)
}

extension Context {
    /// Reads a file that the user wrote. Waits for a pipe in its place, such as `<(command)`, unless this process waits
    /// for no other.
    package func read(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
        try world.waits.read(path, limit: limit)
    }
}

extension WaitLimits {
    /// See `Context.read`.
    func read(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
        try readsPipes ? readFile(path, limit: limit) : readFileAtHand(path, limit: limit)
    }
}
