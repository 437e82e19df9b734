import Glibc
import Secrets

/// Writes behind what stands in a plain file that is there already; a link in its place is not followed.
public func append(_ secret: borrowing SecretBytes, toFile path: String) throws(FileError) {
    do throws(SystemError) {
        let file = try Descriptor(opening: path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(call: "append", path: path, code: EINVAL) }
        try secret.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
    } catch {
        if error.call == "append" { throw .notAFile(path: path) }
        throw error.code == ELOOP ? .link(path: path) : .system(error)
    }
}
