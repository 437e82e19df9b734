import Glibc
import Secrets

extension Descriptor {
    /// Reads the `count` bytes at `offset`, or fewer if the file ends before. The corresponding C function is `pread`.
    public func read(_ count: Int, at offset: Int) throws(SystemError) -> SecretBytes {
        var bytes = SecretBytes(zeros: count)
        var used = 0
        while used < count {
            let (start, number, path) = (used, number, path)
            let outcome = bytes.withUnsafeMutableBytes { bytes in
                Result { () throws(SystemError) in
                    try system("pread", path) {
                        pread(number, bytes.baseAddress.map { $0 + start }, count - start, off_t(offset + start))
                    }
                }
            }
            let read = try outcome.get()
            if read == 0 { break }
            used += read
        }
        bytes.truncate(to: used)
        return bytes
    }

    /// Writes all of `bytes` at `offset`. The corresponding C function is `pwrite`.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            done += try system("pwrite", path) {
                pwrite(number, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            }
        }
    }

    /// Cuts the file off, or extends it with zeros. The corresponding C function is `ftruncate`.
    public func truncate(to size: Int) throws(SystemError) {
        _ = try system("ftruncate", path) { ftruncate(number, off_t(size)) }
    }
}

/// Gives a file another name, in place of a file that has it. The corresponding C function is `rename`.
public func renameFile(_ path: String, to new: String) throws(SystemError) {
    _ = try system("rename", path) { rename(path, new) }
}

/// The inode number of what has this name, itself and not what it leads to; nil if nothing has. The corresponding C
/// function is `lstat`.
public func inode(of path: String) -> UInt64? {
    var info = stat()
    return lstat(path, &info) == 0 ? UInt64(info.st_ino) : nil
}

/// Removes an empty folder; whether that succeeded. The corresponding C function is `rmdir`.
@discardableResult
public func removeEmptyFolder(_ path: String) -> Bool { rmdir(path) == 0 }

/// This machine's name. The corresponding C function is `gethostname`.
public func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return name.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// The process that a descriptor of pidfd_open(2) stands for; nil if it is gone, or unknown (proc_pid_fdinfo(5)).
public func processOfDescriptor(_ number: Int32) -> Int32? {
    guard let text = try? readFile("/proc/self/fdinfo/\(number)", limit: 4096) else { return nil }
    return text.withUnsafeBytes { text in
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Pid:".utf8) {
            let digits = line.dropFirst(4).drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            return Int32(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
        }
        return nil
    }
}
