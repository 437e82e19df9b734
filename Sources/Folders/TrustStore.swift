import Crypto
import Linux
import Secrets
import Text

/// The `.warder` files that the user has approved: a file for each, with its path and content.
public struct TrustStore: Sendable {
    private let folder: String

    /// Whether the user has approved a file.
    public enum Approval: Sendable {
        /// Yes: this path with this content.
        case trusted
        /// This path, but with other content.
        case changed
        /// No.
        case unknown
    }

    /// An approved file.
    public struct Entry: Equatable, Sendable {
        /// Its path at the time.
        public let path: String
        let digest: [UInt8]
    }

    /// The store in `folder`, which need not exist yet.
    public init(folder: String) { self.folder = folder }

    /// Whether the user has approved `file`.
    public func approval(of file: FolderFile) throws(FolderError) -> Approval {
        guard let entry = try entry(place(of: file.path)), entry.path.isSame(as: file.path) else { return .unknown }
        return entry.digest == file.digest ? .trusted : .changed
    }

    /// Approves `file` with the content that was read.
    public func trust(_ file: FolderFile) throws(FolderError) {
        let place = try place(of: file.path)
        do throws(FileError) { try makePrivateFolder(folder) } catch { throw .store(error) }
        let text = Array((hex(file.digest) + " " + file.path + "\n").utf8)
        let lock = try lock()
        let outcome: Result<Void, SystemError> = text.withUnsafeBytes { bytes in
            Result { () throws(SystemError) in try writeAtomically(bytes, to: place, .durable) }
        }
        _ = consume lock
        do throws(SystemError) { try outcome.get() } catch { throw .store(.system(error)) }
    }

    /// Withdraws the approval of the file at `path`; false if there was none.
    public func distrust(_ path: String) throws(FolderError) -> Bool {
        let place = try place(of: path)
        guard try isThere(place) else { return false }
        let lock = try lock()
        do throws(SystemError) { try removeFileDurably(place) } catch { throw .store(.system(error)) }
        _ = consume lock
        return true
    }

    /// All approved files, sorted by path.
    public func entries() throws(FolderError) -> [Entry] {
        var found: [Entry] = []
        let names: [String]
        do throws(SystemError) { names = try Linux.names(inFolder: folder) } catch { throw .store(.system(error)) }
        for name in names where name.utf8.count == 64 {
            if let entry = try entry(folder + "/" + name) { found.append(entry) }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// Whether an approved file is still what was approved; it may have changed or gone since.
    public func approval(of entry: Entry, now file: FolderFile?) -> Approval {
        guard let file, file.path.isSame(as: entry.path) else { return .unknown }
        return file.digest == entry.digest ? .trusted : .changed
    }

    private func place(of path: String) throws(FolderError) -> String {
        do throws(CryptoError) { return folder + "/" + hex(try sha256(of: Array(path.utf8))) } catch {
            throw .crypto(error)
        }
    }

    private func lock() throws(FolderError) -> FileLock {
        do throws(LockError) { return try .acquire(folder + "/lock", until: .after(milliseconds: 10_000)) } catch {
            throw .lock(error)
        }
    }

    private func isThere(_ place: String) throws(FolderError) -> Bool { try text(place) != nil }

    private func text(_ place: String) throws(FolderError) -> [UInt8]? {
        do throws(FileError) {
            guard let text = try readPrivateFileIfPresent(place, limit: 8192) else { return nil }
            return text.withUnsafeBytes { Array($0) }
        } catch { throw .store(error) }
    }

    /// The digest in hexadecimal, a space, the path, a newline; nil for any other content, which approves nothing.
    private func entry(_ place: String) throws(FolderError) -> Entry? {
        guard let text = try text(place), text.count > 66, text[64] == UInt8(ascii: " "), text.last == 0x0a,
            let digest = bytes(hex: text[..<64]), let path = String(validating: text[65...].dropLast(), as: UTF8.self)
        else { return nil }
        return Entry(path: path, digest: digest)
    }
}

private let digits = Array("0123456789abcdef".utf8)

private func hex(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

private func bytes(hex text: ArraySlice<UInt8>) -> [UInt8]? {
    let values = text.compactMap { digits.firstIndex(of: $0).map { UInt8($0) } }
    guard values.count == text.count else { return nil }
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}
