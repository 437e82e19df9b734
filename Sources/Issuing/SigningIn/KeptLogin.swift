import Failures
import Linux
import SSO
import Secrets
import Sessions
import Setup
import Stores
import Times

/// The tokens that warder keeps of one login, encrypted beside the sessions.
struct KeptLogin: ~Copyable {
    private let keys: Keys
    private let sessions: SessionCache
    /// Also the name of its lock.
    let name: String

    /// - Parameter session: the ARN of the identity that signed in.
    init(_ session: String, _ keys: Keys) throws(Failure) {
        let sessions = try keys.sessions()
        do throws(SessionCacheError) { name = try sessions.name(of: Array("login\u{0}\(session)".utf8)) } catch {
            throw Failure(error)
        }
        self.keys = keys
        self.sessions = sessions
    }

    /// The same without opening the store; nil while locked.
    static func unlocked(_ session: String, _ keys: Keys) throws(Failure) -> KeptLogin? {
        guard try keys.unlockedSessions() != nil else { return nil }
        return try KeptLogin(session, keys)
    }

    /// Keeps other processes from renewing it meanwhile.
    func lock(until deadline: Deadline) throws(Failure) -> BestEffortLock {
        do throws(SessionCacheError) { return try sessions.lock(name, until: deadline) } catch { throw Failure(error) }
    }

    /// The tokens; nil if there are none that decrypt.
    var token: LoginToken? {
        guard let text = try? sessions.secret(name) else { return nil }
        return try? LoginToken(decoding: text)
    }

    /// Keeps tokens; the caller holds the lock. A refresh token is good once, so they are on disk before this returns.
    func keep(_ token: borrowing LoginToken) throws(SessionCacheError) {
        guard let text = try? token.encoded() else { throw .crypto(.refused("login fields")) }
        // They cannot be had again: what failed may not fail twice.
        do throws(SessionCacheError) { try publish(text) } catch { try publish(text) }
    }

    /// Fails if tokens could not be kept, before the user signs in; the caller holds no lock.
    static func check(_ keys: Keys) throws(Failure) {
        let probe = try KeptLogin("", keys)
        let lock = try probe.lock(until: .after(milliseconds: keys.context.waits.forTokenRenewal))
        defer { withExtendedLifetime(lock) {} }
        do throws(SessionCacheError) {
            try probe.publish(SecretBytes("probe"))
            probe.remove()
        } catch { throw Failure(error) }
    }

    /// Removes tokens that are no longer of use; the caller holds the lock.
    func remove() { try? sessions.remove(name) }

    /// Seconds for which a login may be renewed: 12 hours, and some more for a clock that differs.
    private static let life: Int64 = 24 * 3600

    private func publish(_ text: borrowing SecretBytes) throws(SessionCacheError) {
        try sessions.publish(
            secret: text, name, until: keys.context.now + Self.life, durably: true, random: keys.context.random)
    }
}
