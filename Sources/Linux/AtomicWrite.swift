import Glibc
import Secrets

/// Whether a write must outlive a power cut.
public enum Durability: Sendable {
    /// Waits for the disk: a key would be lost.
    case durable
    /// Does not wait: losing it costs a login.
    case cache
}

/// Replaces the file at `path` by `bytes` in one step: a reader sees the old file or the new one.
///
/// The caller holds the lock that belongs to `path`, so that nobody else writes `path.new`; one left there by a
/// killed process is removed. The new file is 0600. After a failed `fsync` the pages may be gone although a second
/// one succeeds, so any failure throws the new file away.
///
/// - Parameter modified: the file's modification time, in seconds since 1970; nil for now.
public func writeAtomically(
    _ bytes: UnsafeRawBufferPointer, to path: String, _ durability: Durability, modified: Int64? = nil
) throws(SystemError) {
    let temporary = path + ".new"
    try removeFile(temporary)
    do throws(SystemError) {
        try write(bytes, toNew: temporary, durability, modified: modified)
        _ = try system("rename", path) { rename(temporary, path) }
    } catch {
        unlink(temporary)
        throw error
    }
    if durability == .durable { try synchronizeFolder(of: path) }
}

/// Writes a file that must not be there yet (0600), and waits for the disk.
public func writeNewFile(_ secret: borrowing SecretBytes, to path: String) throws(SystemError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    do throws(SystemError) {
        try secret.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
        try file.synchronize()
        try synchronizeFolder(of: path)
    } catch {
        unlink(path)
        throw error
    }
}

private func write(
    _ bytes: UnsafeRawBufferPointer, toNew path: String, _ durability: Durability, modified: Int64?
) throws(SystemError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    try file.write(bytes)
    if let modified {
        let times = [timespec(tv_sec: Int(modified), tv_nsec: 0), timespec(tv_sec: Int(modified), tv_nsec: 0)]
        _ = try system("futimens", path) { futimens(file.number, times) }
    }
    if durability == .durable { try file.synchronize() }
}

/// Makes a rename in the folder of `path` durable.
private func synchronizeFolder(of path: String) throws(SystemError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = try Descriptor(opening: folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY)
    try descriptor.synchronize()
}
