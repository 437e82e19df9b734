import Glibc
import Secrets

/// An existing plain file to append to; a symbolic link in its place is not followed.
public struct AppendedFile: ~Copyable {
    private let file: Descriptor
    private let endsLine: Bool

    /// Opens the file and checks whether its last line is terminated.
    public init(_ path: String) throws(FileError) {
        let file = try Self.open(path)
        let status: stat
        do throws(SystemError) { status = try file.status() } catch { throw .system(error) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let lineEnd = UInt8(ascii: "\n")
        var last = lineEnd
        if status.st_size > 0 { pread(file.number, &last, 1, status.st_size - 1) }
        endsLine = last == lineEnd
        self.file = file
    }

    private static func open(_ path: String) throws(FileError) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(opening: path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        } catch {
            switch error.code {
            case ELOOP: throw .link(path: path)
            case EISDIR, ENXIO: throw .notAFile(path: path)
            default: throw .system(error)
            }
        }
    }

    /// Appends whole lines in one write, after terminating the last line if it has no newline.
    public borrowing func append(lines: borrowing SecretBytes) throws(FileError) {
        var text = SecretBytes(capacity: lines.count + 1)
        if !endsLine { text.append(UInt8(ascii: "\n")) }
        text.append(lines)
        do throws(SystemError) {
            try text.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
        } catch { throw .system(error) }
    }
}
