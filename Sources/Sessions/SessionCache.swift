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

    init(_ error: LockError) {
        switch error {
        case .timedOut: self = .busy
        case .unsupported(let path): self = .noLocks(path: path)
        case .file(let error): self = .file(error)
        }
    }
}

/// The sessions of a user, one small encrypted file each, in one folder.
public struct SessionCache: ~Copyable {
    let folder: String
    private let key: SecretBytes
    private let clocks: Clocks

    /// - Parameters:
    ///   - folder: `$XDG_CACHE_HOME/warder/sessions`; made at the first write.
    ///   - key: the session-cache key, 32 bytes.
    ///   - clocks: tell whether what is known of AWS's clock still holds.
    public init(folder: String, key: consuming SecretBytes, clocks: Clocks = .system) {
        self.folder = folder
        self.key = key
        self.clocks = clocks
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

    /// The session under `name`; nil where there is none, where its file is damaged, foreign or of another key, and where
    /// nothing tells how old it is.
    public borrowing func session(_ name: String) throws(SessionCacheError) -> Session? {
        guard let text = try read(name) else { return nil }
        return decoded(text)
    }

    /// The session under `name` that the disk did not take a moment ago; nil where there is none.
    public borrowing func fallbackSession(_ name: String) throws(SessionCacheError) -> Session? {
        guard let file = KeyringFallback.get(name), let text = try open(file, name) else { return nil }
        return decoded(text)
    }

    private borrowing func decoded(_ text: borrowing SecretBytes) -> Session? {
        guard let session = try? Session(decoding: text), let offset = session.label.offset(clocks) else { return nil }
        return session.by(offset)
    }

    /// Publishes a session under `name` in one step, and takes away the note of a failure before it. The caller holds the
    /// entry's lock.
    ///
    /// The file's modification time is the session's end by this machine's clock, so that what has ended can be swept
    /// without a key.
    ///
    /// - Returns: why the disk did not take it, where it is handed to those who wait for it alone.
    @discardableResult
    public borrowing func publish(
        _ session: borrowing Session, _ name: String, random: RandomSource
    ) throws(SessionCacheError) -> FileError? {
        guard let text = try? session.encoded() else { throw .crypto(.refused("session fields")) }
        let obstacle = try write(text, name, modified: session.end, random: random, handsOver: true)
        forgetFailure(name)
        return obstacle
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
        guard let file = (try? readPrivateFile(path(name), limit: SessionSeal.largest)) ?? KeyringFallback.get(name)
        else {
            return nil
        }
        return try open(file, name)
    }

    /// What was sealed under `name`; nil where it does not open.
    borrowing func open(_ file: borrowing SecretBytes, _ name: String) throws(SessionCacheError) -> SecretBytes? {
        do throws(CryptoError) { return try SessionSeal.open(file, name: name, cacheKey: key) } catch {
            throw .crypto(error)
        }
    }

    /// - Parameter handsOver: what the disk does not take is handed to those who wait for it.
    /// - Returns: why the disk did not take what was handed over.
    @discardableResult
    borrowing func write(
        _ text: borrowing SecretBytes, _ name: String, modified: Int64?, durability: Durability = .cache,
        random: RandomSource, handsOver: Bool = false
    ) throws(SessionCacheError) -> FileError? {
        let file: [UInt8]
        do throws(CryptoError) {
            file = try SessionSeal.seal(text, name: name, cacheKey: key, random: random)
        } catch { throw .crypto(error) }
        let path = path(name)
        do throws(SystemError) { try write(file, to: path, durability, modified: modified) } catch {
            guard handsOver, KeyringFallback.put(file, name) else { throw .file(.system(error)) }
            // What lies there is older.
            try? removeFile(path)
            return .system(error)
        }
        return nil
    }

    private borrowing func write(
        _ file: [UInt8], to path: String, _ durability: Durability, modified: Int64?
    ) throws(SystemError) {
        do throws(SystemError) { try writeOnce(file, to: path, durability, modified: modified) } catch {
            // Somebody has cleared the cache meanwhile, folder and all: those who wait look here again.
            guard error.isAbsence else { throw error }
            do throws(FileError) { try makePrivateFolder(folder) } catch let obstacle {
                // Why it cannot be made says more than that it is not there.
                if case .system(let reason) = obstacle { throw reason }
                throw error
            }
            try writeOnce(file, to: path, durability, modified: modified)
        }
    }

    private borrowing func writeOnce(
        _ file: [UInt8], to path: String, _ durability: Durability, modified: Int64?
    ) throws(SystemError) {
        try file.withBytes { (file) throws(SystemError) in
            try writeAtomically(file, to: path, durability, modified: modified)
        }
    }

    /// Takes the lock under which the session of `name` is renewed; none where the cache cannot be written to, and so
    /// nothing is published.
    public borrowing func lock(_ name: String, until deadline: Deadline) throws(SessionCacheError) -> BestEffortLock {
        var rounds = 0
        while true {
            do throws(LockError) {
                return try BestEffortLock.acquire(
                    SessionFolder(folder).lockPath, .byte(SessionFolder.lockOffset(of: name)), making: folder,
                    until: deadline)
            } catch {
                // The folder was removed while the lock was waited for; whatever takes it away each time is no accident.
                rounds += 1
                guard case .file(let reason) = error, reason.isAbsence, rounds < 8, !deadline.hasPassed else {
                    throw SessionCacheError(error)
                }
            }
        }
    }

    /// Removes the session under `name`, and the note of a failure. A renewal that goes on is waited for until `deadline`,
    /// since what it was given would be published after; one that takes longer is given a session that is newer.
    public borrowing func forget(
        _ name: String, until deadline: Deadline = SessionFolder.timeout
    ) throws(SessionCacheError) {
        let lock = try? lock(name, until: deadline)
        defer { withExtendedLifetime(lock) {} }
        KeyringFallback.remove(name)
        forgetFailure(name)
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
                    expiration: session.end))
        }
        return summaries.sorted { $0.expiration < $1.expiration }
    }

    /// How much there is.
    ///
    /// - Parameter now: seconds since 1970.
    public borrowing func counts(now: Int64) throws(SessionCacheError) -> SessionCounts {
        var counts = SessionCounts(sessions: 0, signIns: 0)
        for name in try SessionFolder(folder).names() {
            guard let text = try read(name) else { continue }
            guard let session = try? Session(decoding: text) else {
                counts.signIns += 1
                continue
            }
            guard let offset = session.label.offset(clocks) else { continue }
            if session.by(offset).end > now { counts.sessions += 1 }
        }
        return counts
    }

    private func path(_ name: String) -> String { folder + "/" + name }
}

/// How much there is in the cache.
public struct SessionCounts: Equatable, Sendable {
    /// Sessions that have not ended.
    public var sessions: Int
    /// What is kept beside them under names of their kind: tokens of sign-ins.
    public var signIns: Int
}

/// A cached session without its secrets.
public struct SessionSummary: Sendable {
    /// The name of its file.
    public let name: String
    /// What it is for.
    public let label: SessionLabel
    /// `ASIA…`.
    public let accessKeyID: String
    /// When it ends by this machine's clock, in seconds since 1970.
    public let expiration: Int64
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
