import Crypto
import Linux
import Secrets

/// Why the session cache failed. A file that is missing or damaged is no failure: it is a session to be made anew.
public enum SessionCacheError: Error, Equatable, Sendable {
    /// A file or its folder could not be used.
    case file(FileError)
    /// Another process held the entry's lock until the deadline.
    case busy
    /// The cache's file system has no locks.
    case noLocks(path: String)
    /// libcrypto failed.
    case crypto(CryptoError)
}

/// The sessions of a user, one small encrypted file each, in one folder.
public struct SessionCache: ~Copyable {
    private let folder: String
    private let key: SecretBytes

    /// - Parameters:
    ///   - folder: `$XDG_CACHE_HOME/warder/sessions`; made at the first write.
    ///   - key: the session-cache key, 32 bytes.
    public init(folder: String, key: consuming SecretBytes) {
        self.folder = folder
        self.key = key
    }

    /// The name of the file that holds the session which `identity` describes: 64 hexadecimal digits.
    ///
    /// - Parameter identity: everything that shaped the session, so written that no two sessions share it.
    public borrowing func name(of identity: [UInt8]) throws(SessionCacheError) -> String {
        do throws(CryptoError) {
            let message = Array("warder session name v1 ".utf8) + identity
            return hexadecimal(
                try message.withBytes { (message) throws(CryptoError) in try hmacSHA256(key: key, message) })
        } catch { throw .crypto(error) }
    }

    /// The session under `name`; nil where there is none, or its file is damaged, foreign or of another key.
    public borrowing func session(_ name: String) throws(SessionCacheError) -> Session? {
        guard let text = try read(name) else { return nil }
        return try? Session(decoding: text)
    }

    /// Publishes a session under `name` in one step. The caller holds the entry's lock.
    ///
    /// The file's modification time is the session's end, so that what has ended can be swept without a key.
    public borrowing func publish(
        _ session: borrowing Session, _ name: String, random: RandomSource
    ) throws(SessionCacheError) {
        guard let text = try? session.encoded() else { throw .crypto(.refused("session fields")) }
        try write(text, name, modified: session.credentials.expiration, random: random)
    }

    /// Another secret that is kept beside the sessions, as the token of a sign-in; nil where there is none that opens.
    public borrowing func secret(_ name: String) throws(SessionCacheError) -> SecretBytes? { try read(name) }

    /// Keeps another secret until `end`, in seconds since 1970, under a name that `name(of:)` gave. The caller holds the
    /// entry's lock.
    public borrowing func publish(
        secret: borrowing SecretBytes, _ name: String, until end: Int64, random: RandomSource
    ) throws(SessionCacheError) {
        try write(secret, name, modified: end, random: random)
    }

    /// HMAC-SHA-256 of `message` under the session-cache key.
    borrowing func authenticate(_ message: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
        try hmacSHA256(key: key, message)
    }

    borrowing func read(_ name: String) throws(SessionCacheError) -> SecretBytes? {
        guard let file = try? readPrivateFile(path(name), limit: SessionSeal.largest) else { return nil }
        do throws(CryptoError) {
            return try SessionSeal.open(file, name: name, cacheKey: key)
        } catch { throw .crypto(error) }
    }

    borrowing func write(
        _ text: borrowing SecretBytes, _ name: String, modified: Int64?, durability: Durability = .cache,
        random: RandomSource
    ) throws(SessionCacheError) {
        let file: [UInt8]
        do throws(CryptoError) {
            file = try SessionSeal.seal(text, name: name, cacheKey: key, random: random)
        } catch { throw .crypto(error) }
        let path = path(name)
        do throws(SystemError) {
            try file.withBytes { (file) throws(SystemError) in
                try writeAtomically(file, to: path, durability, modified: modified)
            }
        } catch { throw .file(.system(error)) }
    }

    /// Takes the lock under which the session of `name` is renewed.
    public borrowing func lock(_ name: String, until deadline: Deadline) throws(SessionCacheError) -> FileLock {
        do throws(FileError) { try makePrivateFolder(folder) } catch { throw .file(error) }
        // One lock file for all: each entry has a byte of it, at the place that its name begins with.
        let offset = Int64(name.prefix(15), radix: 16) ?? 0
        do throws(LockError) {
            return try FileLock.acquire(folder + "/lock", offset: offset, until: deadline)
        } catch {
            switch error {
            case .timedOut: throw .busy
            case .unsupported(let path): throw .noLocks(path: path)
            case .file(let error): throw .file(error)
            }
        }
    }

    /// Removes the session under `name`.
    public borrowing func forget(_ name: String) throws(SessionCacheError) {
        do throws(SystemError) { try removeFile(path(name)) } catch { throw .file(.system(error)) }
    }

    /// Every session that opens, with its name and end, in the order of their ends.
    public borrowing func all() throws(SessionCacheError) -> [SessionSummary] {
        var summaries: [SessionSummary] = []
        for name in try SessionFolder(folder).names() {
            guard let session = try session(name) else { continue }
            summaries.append(
                SessionSummary(
                    name: name, label: session.label, accessKeyID: session.credentials.accessKeyID,
                    expiration: session.credentials.expiration ?? 0))
        }
        return summaries.sorted { $0.expiration < $1.expiration }
    }

    private func path(_ name: String) -> String { folder + "/" + name }
}

/// A cached session without its secrets.
public struct SessionSummary: Sendable {
    /// The name of its file.
    public let name: String
    /// What it is for.
    public let label: SessionLabel
    /// `ASIA…`.
    public let accessKeyID: String
    /// When it ends, in seconds since 1970.
    public let expiration: Int64
}

/// What can be done with the cache without its key.
public struct SessionFolder: Sendable {
    private let path: String

    /// - Parameter path: `$XDG_CACHE_HOME/warder/sessions`.
    public init(_ path: String) { self.path = path }

    /// The names of the session files.
    public func names() throws(SessionCacheError) -> [String] {
        do throws(SystemError) {
            return try Linux.names(inFolder: path).filter { $0.utf8.count == 64 }
        } catch { throw .file(.system(error)) }
    }

    /// Removes every session; how many there were.
    @discardableResult
    public func forgetAll() throws(SessionCacheError) -> Int {
        let names = try names()
        for name in names {
            do throws(SystemError) { try removeFile(path + "/" + name) } catch { throw .file(.system(error)) }
        }
        return names.count
    }

    /// Removes the sessions that ended before `now`, in seconds since 1970, notes of failures a minute old, and what is
    /// known of used codes once none can be used again. Failing to is no matter.
    public func sweep(now: Int64) {
        guard let names = try? Linux.names(inFolder: path) else { return }
        for name in names {
            let isNote = name.hasSuffix(".failed")
            guard isNote || name.utf8.count == 64 || name.hasSuffix(".codes"),
                let modified = modificationTime(of: path + "/" + name),
                modified < (isNote ? now - 60 : now)
            else { continue }
            try? removeFile(path + "/" + name)
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
