import Glibc
import Secrets

/// Reads a plain file piece by piece, so that its size does not matter; anything but a plain file is not opened.
///
/// - Parameters:
///   - overlap: each piece but the first begins with so many bytes of the one before.
///   - limit: how many bytes to read at most.
///   - body: gets a piece, which it must not keep.
/// - Returns: whether the whole file was read.
public func eachPiece(
    ofPlainFile path: String, overlap: Int, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
) throws(FileError) -> Bool {
    guard isPlainFile(path) else { throw .notAFile(path: path) }
    do throws(SystemError) {
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        // What is there may have changed.
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { return true }
        // Most files are small, and pages that hold secrets are dear.
        let size = min(64 * 1024, max(4096, Int(status.st_size) + 1))
        var piece = SecretBytes(zeros: size + overlap)
        var (kept, total) = (0, 0)
        while total < limit {
            let count = try piece.withUnsafeMutableBytes { (bytes) throws(SystemError) in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[kept..<kept + size]))
            }
            if count == 0 { return true }
            total += count
            piece.withUnsafeMutableBytes { bytes in
                body(UnsafeRawBufferPointer(rebasing: bytes[..<(kept + count)]))
                let next = min(overlap, kept + count)
                if let base = bytes.baseAddress { memmove(base, base + kept + count - next, next) }
                kept = next
            }
        }
        return false
    } catch { throw .system(error) }
}
