import Glibc
import Secrets
import Text

/// Whether a write must outlive a power cut.
public enum Durability: Sendable {
    /// Waits for the disk: losing this file would lose a key.
    case durable
    /// Does not wait: losing this file costs one login.
    case cache
}

/// Replaces the file at `path` with `bytes` in one step: a reader sees the old file or the new one.
///
/// The caller holds the lock that belongs to `path`, so no other warder writes `path.new`; one left there by a killed
/// process is removed. The new file is 0600. After a failed `fsync` the pages may be lost even if a second `fsync`
/// succeeds, so any failure before the rename discards the new file. After the rename it stays: a failure then has the
/// call name `SystemError.lateSynchronization`.
///
/// - Parameters:
///   - modified: the file's modification time, in seconds since 1970; nil for now.
///   - beforeRename: called when the new file is complete and the old one is still in place.
public func writeAtomically(
    _ bytes: UnsafeRawBufferPointer, to path: String, _ durability: Durability, modified: Int64? = nil,
    beforeRename: () throws(SystemError) -> Void = { () throws(SystemError) in }
) throws(SystemError) {
    let temporary = path + ".new"
    // Opened first, so that only its `fsync` can still fail after the rename.
    let folder: Descriptor? = durability == .durable ? try openFolder(of: path) : nil
    try removeFile(temporary)
    do throws(SystemError) {
        try write(bytes, toNew: temporary, durability, modified: modified)
        try beforeRename()
        _ = try system("rename", path) { rename(temporary, path) }
    } catch {
        unlink(temporary)
        throw error
    }
    guard durability == .durable else { return }
    do throws(SystemError) { try folder?.synchronize() } catch {
        throw SystemError(call: SystemError.lateSynchronization, path: path, code: error.code)
    }
}

/// Removes a file and waits until the removal is on disk; a missing file is not an error.
public func removeFileDurably(_ path: String) throws(SystemError) {
    try removeFile(path)
    try openFolder(of: path).synchronize()
}

/// Writes a file that must not exist yet (0600), and waits for the disk.
public func writeNewFile(_ secret: borrowing SecretBytes, to path: String) throws(SystemError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    do throws(SystemError) {
        try secret.withUnsafeBytes { (bytes) throws(SystemError) in try file.write(bytes) }
        try file.synchronize()
        try openFolder(of: path).synchronize()
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

/// Opens the folder that contains `path`.
private func openFolder(of path: String) throws(SystemError) -> Descriptor {
    let folder = folder(ofPath: path) ?? "."
    return try Descriptor(opening: folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY)
}
