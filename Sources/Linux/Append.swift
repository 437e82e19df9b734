import Glibc
import Secrets

/// A plain file that is there already and that something is to be written behind; a link in its place is not followed.
public struct AppendedFile: ~Copyable {
    private let file: Descriptor
    private let endsLine: Bool

    /// Opens it, and looks at how it ends.
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

    /// Writes lines behind what stands there, in one go; a last line there that has no end gets one.
    public borrowing func append(lines: borrowing SecretBytes) throws(FileError) {
        var text = SecretBytes(capacity: lines.count + 1)
        if !endsLine { text.append(UInt8(ascii: "\n")) }
        text.append(lines)
        do throws(SystemError) {
            try text.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
        } catch { throw .system(error) }
    }
}
