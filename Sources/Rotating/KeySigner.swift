import Chains
import Failures
import Issuing
import Linux
import Profiles
import STS
import Secrets
import Setup
import Stores
import Times
import Vault

/// The sessions that sign for the keys of one run: keys of the same MFA device share one, and so one code.
package final class SigningSessions {
    let context: Context
    let keys: Keys
    private let codes: CodeSupply
    private var sessions: [String: SigningSession] = [:]

    package init(_ context: Context, _ keys: Keys, _ codes: CodeSupply) {
        self.context = context
        self.keys = keys
        self.codes = codes
    }

    /// The session that `chain` begins with.
    ///
    /// - Parameter device: the MFA device of its code.
    func session(_ chain: Chain, device: String) throws(Failure) -> SigningSession {
        if let session = sessions[device] { return session }
        let session = SigningSession(try Issuer(context, sessionOf: chain, keys: keys, codes: codes), context)
        sessions[device] = session
        return session
    }
}

/// A session made with MFA. It outlives the key that it was made from, and signs for it to the end.
final class SigningSession {
    private let issuer: Issuer
    private let context: Context
    private var held: Credentials?

    init(_ issuer: Issuer, _ context: Context) {
        self.issuer = issuer
        self.context = context
    }

    /// Its credentials. They are held, so that a cache that cannot be written to does not cost another code.
    func credentials() throws(Failure) -> Credentials {
        if let held = held?.copy(), let end = held.end, end > context.now + Self.margin { return held }
        let credentials = try issuer.sessionCredentials()
        held = credentials.copy()
        return credentials
    }

    /// Seconds that a request and its retries may take.
    private static let margin: Int64 = 60
}

/// Who signs the requests about one key, and where they go: the session made with MFA where the key has a device, as
/// policies ask for it; else the key itself.
final class KeySigner {
    /// The requests.
    let calls: KeyCalls
    /// The key that signs is new: while IAM does not know it everywhere, requests are sent again for a minute.
    var isNew = false
    /// The user that the key belongs to; nil to let IAM find it by the key that signs, as for a root user.
    private var userName: String?
    private let name: KeyName
    private let session: SigningSession?
    private let timing: Timing

    /// - Parameter summary: the stored key.
    init(_ summary: AccessKeySummary, _ sessions: SigningSessions) throws(Failure) {
        name = summary.name
        userName = summary.principalARN.flatMap(Self.userName(ofARN:))
        timing = sessions.context.world.timing
        let chain = try Self.chain(of: summary, sessions)
        calls = try KeyCalls(sessions.context, chain)
        if let chain, let device = chain.session?.mfa?.serial.value {
            session = try sessions.session(chain, device: device)
        } else {
            session = nil
        }
    }

    /// The last part of `arn:aws:iam::111111111111:user/path/NAME`; nil for other principals.
    private static func userName(ofARN arn: String) -> String? {
        let fields = arn.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count == 6, Substring(fields[5]).begins(with: "user/") else { return nil }
        return fields[5].split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) }
    }

    /// The requests are signed by a session made with MFA.
    var hasMFA: Bool { session != nil }

    /// What signs while `key` is the one in use.
    func credentials(_ key: borrowing Credentials) throws(Failure) -> Credentials {
        guard let session else { return key.copy() }
        return try session.credentials()
    }

    /// Makes a request to IAM about the key.
    ///
    /// - Parameters:
    ///   - action: IAM's name for it, such as `CreateAccessKey`.
    ///   - what: the same for people, as `make a new key`.
    ///   - key: the one in use.
    ///   - body: is given the client, what signs, and the user's name; nil for the user whose key signs.
    func iam<R: ~Copyable>(
        _ action: String, _ what: String, _ key: borrowing Credentials,
        _ body: (IAMClient, borrowing Credentials, String?) throws(STSError) -> R
    ) throws(Failure) -> R {
        let credentials = try credentials(key)
        let deadline = timing.uptime() + (isNew && !hasMFA ? KeyAcceptance.limit : 0)
        var pause: Int64 = 500
        while true {
            do throws(STSError) {
                return try calls.iam { (client) throws(STSError) in try body(client, credentials, userName) }
            } catch {
                if error.refusal?.code == "NoSuchEntity", userName != nil {
                    // The user may have another name now: IAM finds it by the key that signs.
                    userName = nil
                    continue
                }
                guard case .invalidKey = error, timing.uptime() + pause < deadline else {
                    throw failure(error, action, what, key)
                }
            }
            timing.sleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }

    /// An error of a request, in words.
    func failure(_ error: STSError, _ action: String, _ what: String, _ key: borrowing Credentials) -> Failure {
        Failure(
            error, rotating: name.text, action: action, doing: what, hasMFA: hasMFA,
            signer: RequestSigner(key, name: name.text, calls.iam))
    }

    /// The chain of the profile that the key is used by: the one of its name or, of those that begin with it, the first
    /// that names its MFA device. Without such a profile, the device that is stored with the key counts.
    private static func chain(
        of summary: AccessKeySummary, _ sessions: SigningSessions
    ) throws(Failure) -> Chain? {
        let loading = ChainLoading(sessions.context, sessions.keys)
        let name = summary.name.text
        var found: Chain?
        for profile in [name] + (try loading.profileNames()).filter({ $0 != name }) {
            guard let chain = try? loading.chain(profile), case .storedKey(name, _) = chain.source else { continue }
            if chain.session?.mfa != nil { return chain }
            found = found ?? chain
        }
        guard let device = summary.mfaSerial, found?.session != nil || found == nil else { return found }
        let longest = try sessions.context.longestSession()
        return .session(
            ofKey: name, device: device, Origin(path: "the key \(name)", line: 0), as: found, longest: longest)
    }
}
