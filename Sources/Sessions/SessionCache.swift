import Crypto
import Linux
import Secrets
import Text

/// Why the session cache failed. A missing or damaged file is not a failure: its session is made again.
public enum SessionCacheError: Error, Equatable, Sendable {
    /// A file or its folder could not be used.
    case file(FileError)
    /// Another process held the entry's lock until the deadline.
    case busy
    /// The cache's file system does not support locks.
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

/// A user's sessions: small encrypted files, one each, in one folder.
public struct SessionCache: ~Copyable {
    let folder: String
    private let key: SecretBytes
    private let clocks: Clocks

    /// - Parameters:
    ///   - folder: `$XDG_CACHE_HOME/warder/sessions`; created by the first write.
    ///   - key: the session-cache key, 32 bytes.
    ///   - clocks: show whether a stored offset of AWS's clock still holds.
    public init(folder: String, key: consuming SecretBytes, clocks: Clocks = .system) {
        self.folder = folder
        self.key = key
        self.clocks = clocks
    }

    /// The file name of the session which `identity` describes: 64 hexadecimal digits.
    ///
    /// - Parameter identity: everything that shaped the session, encoded so that no two sessions share it.
    public borrowing func name(of identity: [UInt8]) throws(SessionCacheError) -> String {
        do throws(CryptoError) {
            let message = Array("warder session name v1 ".utf8) + identity
            return hexadecimal(
                try message.withBytes { (message) throws(CryptoError) in try hmacSHA256(key: key, message) })
        } catch { throw .crypto(error) }
    }

    /// The session under `name`; nil if there is none, if its file is damaged, foreign or encrypted under another key,
    /// or if its age is unknown.
    public borrowing func session(_ name: String) throws(SessionCacheError) -> Session? {
        guard let text = try read(name) else { return nil }
        return decoded(text)
    }

    /// The session under `name` that the disk could not take a moment ago; nil if there is none.
    public borrowing func fallbackSession(_ name: String) throws(SessionCacheError) -> Session? {
        guard let file = KeyringFallback.get(name), let text = try open(file, name) else { return nil }
        return decoded(text)
    }

    private borrowing func decoded(_ text: borrowing SecretBytes) -> Session? {
        guard let session = try? Session(decoding: text), let offset = session.label.offset(clocks) else { return nil }
        return session.by(offset)
    }

    /// Publishes a session under `name` in one step, and removes the note of an earlier failure. The caller holds the
    /// entry's lock.
    ///
    /// The file's modification time is the session's expiry by this machine's clock, so that expired ones can be swept
    /// without a key.
    ///
    /// - Returns: why the disk did not take it, if only the processes that wait for it receive it.
    @discardableResult
    public borrowing func publish(
        _ session: borrowing Session, _ name: String, random: RandomSource
    ) throws(SessionCacheError) -> FileError? {
        guard let text = try? session.encoded() else { throw .crypto(.refused("session fields")) }
        let obstacle = try write(text, name, modified: session.end, random: random, handsOver: true)
        forgetFailure(name)
        return obstacle
    }

    /// Another secret stored beside the sessions, such as a sign-in's token; nil if there is none that decrypts.
    public borrowing func secret(_ name: String) throws(SessionCacheError) -> SecretBytes? { try read(name) }

    /// Stores another secret until `end`, in seconds since 1970, under a name from `name(of:)`. The caller holds the
    /// entry's lock.
    ///
    /// - Parameter durably: it cannot be had again: it is on disk before this returns.
    public borrowing func publish(
        secret: borrowing SecretBytes, _ name: String, until end: Int64, durably: Bool = false, random: RandomSource
    ) throws(SessionCacheError) {
        try write(secret, name, modified: end, durability: durably ? .durable : .cache, random: random)
    }

    /// Removes what is stored under `name`. The caller holds the entry's lock.
    public borrowing func remove(_ name: String) throws(SessionCacheError) {
        KeyringFallback.remove(name)
        do throws(SystemError) { try removeFile(path(name)) } catch { throw .file(.system(error)) }
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

    /// The plaintext of the file under `name`; nil if it does not decrypt.
    borrowing func open(_ file: borrowing SecretBytes, _ name: String) throws(SessionCacheError) -> SecretBytes? {
        do throws(CryptoError) { return try SessionSeal.open(file, name: name, cacheKey: key) } catch {
            throw .crypto(error)
        }
    }

    /// - Parameter handsOver: if the disk does not take the file, leave it in the keyring for the processes that wait
    ///   for it.
    /// - Returns: why the disk did not take a file that was left in the keyring.
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
            // The file on disk is older.
            try? removeFile(path)
            return .system(error)
        }
        return nil
    }

    private borrowing func write(
        _ file: [UInt8], to path: String, _ durability: Durability, modified: Int64?
    ) throws(SystemError) {
        do throws(SystemError) { try writeOnce(file, to: path, durability, modified: modified) } catch {
            // Another process has removed the cache meanwhile, folder and all: waiting processes will look here again.
            guard error.isAbsence else { throw error }
            do throws(FileError) { try makePrivateFolder(folder) } catch let obstacle {
                // The reason why it cannot be created says more than that it does not exist.
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

    /// Acquires the lock for renewing the session of `name`. It locks nothing if the cache is not writable: then
    /// nothing is published either.
    ///
    /// - Parameter waiting: what to wait for while another process renews it. A shared lock is enough to read what that
    ///   process has published, but not to renew.
    public borrowing func lock(
        _ name: String, waiting: LockWait = .exclusive, until deadline: Deadline
    ) throws(SessionCacheError) -> BestEffortLock {
        var rounds = 0
        while true {
            do throws(LockError) {
                return try BestEffortLock.acquire(
                    SessionFolder(folder).lockPath, .byte(SessionFolder.lockOffset(of: name)), making: folder,
                    waiting: waiting, until: deadline)
            } catch {
                // The folder was removed while this process waited for the lock; if that keeps happening, it is
                // deliberate.
                rounds += 1
                guard case .file(let reason) = error, reason.isAbsence, rounds < 8, !deadline.hasPassed else {
                    throw SessionCacheError(error)
                }
            }
        }
    }

    /// Removes the session under `name`, and the note of a failure. Waits for a running renewal until `deadline`, since
    /// its session would be published after the removal; a renewal that takes longer receives a newer session.
    public borrowing func forget(
        _ name: String, until deadline: Deadline = SessionFolder.timeout
    ) throws(SessionCacheError) {
        let lock = try? lock(name, until: deadline)
        defer { withExtendedLifetime(lock) {} }
        KeyringFallback.remove(name)
        forgetFailure(name)
        do throws(SystemError) { try removeFile(path(name)) } catch { throw .file(.system(error)) }
    }

    /// Every session that decrypts, with its name and expiry, ordered by expiry.
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

    /// How many sessions and sign-ins there are.
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

/// How many entries the cache holds.
public struct SessionCounts: Equatable, Sendable {
    /// Sessions that have not expired.
    public var sessions: Int
    /// Other secrets under names of the same kind: tokens of sign-ins.
    public var signIns: Int
}

/// A cached session without its secrets.
public struct SessionSummary: Sendable {
    /// Its file name.
    public let name: String
    /// What it is for.
    public let label: SessionLabel
    /// `ASIA…`.
    public let accessKeyID: String
    /// When it expires by this machine's clock, in seconds since 1970.
    public let expiration: Int64

    /// The same session, ending at most `seconds` after it was made.
    public func lasting(atMost seconds: Int64) -> SessionSummary {
        SessionSummary(
            name: name, label: label, accessKeyID: accessKeyID, expiration: min(expiration, label.issued + seconds))
    }
}
