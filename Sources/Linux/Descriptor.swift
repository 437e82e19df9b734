import Glibc
import Secrets

/// An open file descriptor, closed when the value is destroyed.
public struct Descriptor: ~Copyable {
    /// The descriptor's number.
    public let number: Int32
    /// The path it was opened with, for messages.
    public let path: String

    /// Takes ownership of an open descriptor.
    public init(owning number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    /// Opens `path`. The corresponding C function is `open`; `O_CLOEXEC` is always added.
    public init(opening path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
        let number = try system("open", path) { open(path, flags | O_CLOEXEC, mode) }
        self.init(owning: number, path: path)
    }

    deinit { close(number) }

    /// Its size, mode and owner. The corresponding C function is `fstat`.
    public func status() throws(SystemError) -> stat {
        var info = stat()
        _ = try system("fstat", path) { fstat(number, &info) }
        return info
    }

    /// Waits until there is something to read or the other end has closed. The corresponding C function is `poll`.
    private func wait(until deadline: Deadline) throws(SystemError) {
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        let ready = try system("poll", path) { poll(&waiting, 1, Int32(clamping: deadline.remaining)) }
        if ready == 0 { throw SystemError(call: "read", path: path, code: ETIMEDOUT) }
    }

    /// Reads into `buffer`; returns the number of bytes, 0 at the end. The corresponding C function is `read`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try system("read", path) { Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Reads data that is not secret into a buffer; returns the number of bytes, 0 at the end.
    public func readOnce(_ buffer: inout [UInt8]) throws(FileError) -> Int {
        let (count, failure) = buffer.withUnsafeMutableBytes { buffer -> (Int, SystemError?) in
            do throws(SystemError) { return (try read(into: buffer), nil) } catch { return (0, error) }
        }
        if let failure { throw .system(failure) }
        return count
    }

    /// Reads the next `limit` bytes, or fewer if the file ends first; not for secrets. A single read(2) may return less
    /// than is there.
    public func read(upTo limit: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var used = 0
        while used < limit {
            let (count, failure) = bytes.withUnsafeMutableBytes { bytes -> (Int, SystemError?) in
                let room = UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
                do throws(SystemError) { return (try read(into: room), nil) } catch { return (0, error) }
            }
            if let failure { throw .system(failure) }
            if count == 0 { break }
            used += count
        }
        bytes.removeLast(limit - used)
        return bytes
    }

    /// Writes all of `bytes`, in as many calls as that takes. The corresponding C function is `write`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        while rest.count > 0 {
            let written = try system("write", path) { Glibc.write(number, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Waits until all written data is on disk. The corresponding C function is `fsync`.
    public func synchronize() throws(SystemError) {
        _ = try system("fsync", path) { fsync(number) }
    }

    /// Reads from here to the end; nil if that is more than `limit` bytes.
    ///
    /// - Parameter deadline: for a pipe, which may keep its reader waiting; nil for a plain file.
    public func readToEnd(
        limit: Int, expecting expected: Int = 0, until deadline: Deadline? = nil
    ) throws(SystemError) -> SecretBytes? {
        var text = SecretBytes(capacity: min(expected, limit) + 1)
        while true {
            if let deadline { try wait(until: deadline) }
            let used = text.count
            // One spare byte, so that reading finds the end without growing the buffer.
            text.extend(to: min(used < text.capacity ? text.capacity : 2 * used, limit + 1))
            let (count, failure) = text.withUnsafeMutableBytes { bytes -> (Int, SystemError?) in
                let room = UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
                do throws(SystemError) { return (try read(into: room), nil) } catch { return (0, error) }
            }
            if let failure { throw failure }
            text.truncate(to: used + count)
            if count == 0 { return text }
            if text.count > limit { return nil }
        }
    }
}
