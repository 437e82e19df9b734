import Failures
import Linux
import SSO
import Secrets
import Sessions
import Setup
import Stores
import Times

/// What warder keeps of one login, encrypted beside the sessions: its tokens, and which refresh token was sent last.
struct KeptLogin: ~Copyable {
    private let keys: Keys
    private let sessions: SessionCache
    /// Also the name of its lock.
    let name: String
    private let noteName: String

    /// - Parameter session: the ARN of who signed in.
    init(_ session: String, _ keys: Keys) throws(Failure) {
        let sessions = try keys.sessions()
        let names: (String, String)
        do throws(SessionCacheError) {
            names = (
                try sessions.name(of: Array("login\u{0}\(session)".utf8)),
                try sessions.name(of: Array("login-sent\u{0}\(session)".utf8))
            )
        } catch { throw Failure(error) }
        self.keys = keys
        self.sessions = sessions
        (name, noteName) = names
    }

    /// The same if that is possible without the store; nil while locked.
    static func unlocked(_ session: String, _ keys: Keys) throws(Failure) -> KeptLogin? {
        guard try keys.unlockedSessions() != nil else { return nil }
        return try KeptLogin(session, keys)
    }

    /// Keeps other processes from renewing it meanwhile.
    func lock(until deadline: Deadline) throws(Failure) -> BestEffortLock {
        do throws(SessionCacheError) { return try sessions.lock(name, until: deadline) } catch { throw Failure(error) }
    }

    // MARK: - The tokens

    /// The tokens; nil if there are none that decrypt.
    var token: LoginToken? {
        guard let text = try? sessions.secret(name) else { return nil }
        return try? LoginToken(decoding: text)
    }

    /// Keeps tokens; the caller holds the lock. A refresh token is good once, so they are on disk before this returns.
    func keep(_ token: borrowing LoginToken) throws(SessionCacheError) {
        guard let text = try? token.encoded() else { throw .crypto(.refused("login fields")) }
        try publish(text, name)
    }

    /// Removes tokens that are of no more use; the caller holds the lock.
    func remove() { try? sessions.remove(name) }

    // MARK: - The refresh token that was sent

    /// Notes that a refresh token is about to be sent. Whether AWS received it is unknown until the answer is here: if
    /// this process is killed meanwhile, no other one sends it again.
    func noteSent(_ token: borrowing LoginToken) throws(SessionCacheError) {
        try publish(digest(token), noteName)
    }

    /// AWS has not used the refresh token.
    func takeBackNote() { try? sessions.remove(noteName) }

    /// Whether the refresh token was sent before, and no answer is known.
    func wasSent(_ token: borrowing LoginToken) -> Bool {
        guard let noted = try? sessions.secret(noteName) else { return false }
        let digest = digest(token)
        return noted.withUnsafeBytes { noted in digest.withUnsafeBytes { noted.elementsEqual($0) } }
    }

    private func digest(_ token: borrowing LoginToken) -> SecretBytes {
        var bytes = SecretBytes(capacity: 64)
        for byte in sessions.digest(token.refreshToken) { bytes.append(byte) }
        return bytes
    }

    /// Seconds for which a login may be renewed: 12 hours, and some more for a clock that differs.
    private static let life: Int64 = 24 * 3600

    private func publish(_ text: borrowing SecretBytes, _ name: String) throws(SessionCacheError) {
        try sessions.publish(
            secret: text, name, until: keys.context.now + Self.life, durably: true, random: keys.context.random)
    }
}
