import Glibc
import Linux
import Secrets

/// The session-cache key in a file of a folder that lies in memory, with the moment from which it no longer counts.
///
/// Twelve bytes of magic, the deadline as milliseconds since the machine started (8 bytes, big endian), the key. The
/// clock of the deadline starts with the machine, as the folder's contents do.
struct MemoryFile {
    private static let magic: StaticString = "warder-key1\n"
    private static let size = 12 + 8 + 32

    private let path: String
    private let folder: String

    init(folder: String, name: String) {
        self.folder = folder
        path = folder + "/" + name
    }

    func key() throws(FileError) -> SecretBytes? {
        guard let text = try readPrivateFileIfPresent(path, limit: Self.size) else { return nil }
        let magic = SecretBytes(Self.magic)
        let known =
            text.count == Self.size
            && text.withUnsafeBytes { text in
                magic.withUnsafeBytes { text.prefix($0.count).elementsEqual($0) }
            }
        guard known else { return nil }
        var deadline: Int64 = 0
        for index in 12..<20 { deadline = deadline << 8 | Int64(text[index]) }
        guard !Deadline(milliseconds: deadline).hasPassed else {
            try? removeFile(path)
            return nil
        }
        return text.copy(20..<Self.size)
    }

    func put(_ key: borrowing SecretBytes, seconds: Int) throws(UnlockedStateError) {
        do throws(FileError) {
            try makePrivateFolder(folder)
            var text = SecretBytes(Self.magic)
            let deadline = Deadline.after(milliseconds: Int64(seconds) * 1000).milliseconds
            for shift in stride(from: 56, through: 0, by: -8) {
                text.append(UInt8(truncatingIfNeeded: deadline >> Int64(shift)))
            }
            text.append(key)
            try replace(by: text)
        } catch { throw .file(error) }
    }

    private func replace(by text: borrowing SecretBytes) throws(FileError) {
        let lock: FileLock
        do throws(LockError) {
            lock = try FileLock.acquire(folder + "/lock", until: .after(milliseconds: 5000))
        } catch {
            if case .file(let error) = error { throw error }
            throw .system(SystemError(call: "fcntl", path: folder + "/lock", code: EAGAIN))
        }
        let path = path
        let failure: SystemError? = text.withUnsafeBytes { text in
            do throws(SystemError) {
                try writeAtomically(text, to: path, .cache)
                return nil
            } catch { return error }
        }
        _ = consume lock
        if let failure { throw .system(failure) }
    }

    func remove() throws(UnlockedStateError) -> Bool {
        do throws(FileError) {
            let was = try key() != nil
            do throws(SystemError) { try removeFile(path) } catch { throw FileError.system(error) }
            return was
        } catch {
            throw .file(error)
        }
    }
}
