import Glibc
import Linux
import Secrets

/// Reads a file as `readFile` does, but waits for no other process: a pipe or a socket is refused unread.
package func readFileAtHand(_ path: String, limit: Int) throws(FileError) -> SecretBytes {
    var info = stat()
    if stat(path, &info) == 0, [S_IFIFO, S_IFSOCK].contains(info.st_mode & S_IFMT) { throw .notAFile(path: path) }
    return try readFile(path, limit: limit, timeout: 100)
}
