import Failures
import Issuing
import RoomSupport
import Secrets
import Sessions
import Setup
import Stores
import Synchronization
import Transport

/// A home whose STS and whose people are scripts.
struct Rig {
    static let device = "arn:aws:iam::111111111111:mfa/alice"
    static let admin = "arn:aws:iam::222222222222:role/Admin"
    static let audit = "arn:aws:iam::333333333333:role/Audit"

    /// A key with a device, and two roles behind it.
    static let profiles = """
        [profile alice]
        region = eu-west-1
        mfa_serial = \(device)
        [profile prod]
        role_arn = \(admin)
        source_profile = alice
        [profile audit]
        role_arn = \(audit)
        source_profile = alice

        """
    /// The same key without a device.
    static let plainProfiles = profiles.replacing("mfa_serial = \(device)\n", with: "")

    /// A role by the token in `~/jwt`.
    static let web = """
        [profile web]
        region = eu-west-1
        role_arn = \(admin)
        web_identity_token_file = ~/jwt

        """

    static let key = """
        [alice]
        aws_access_key_id = AKIAALICE
        aws_secret_access_key = secret-of-alice

        """

    let clock: TestClock
    let sts: TestSTS
    let home: TestHome

    init(
        _ config: String = Rig.profiles, credentials: String = Rig.key, settings: String = "",
        environment: [String: String] = [:], clock: TestClock = TestClock(),
        sender: (any HTTPSender & Sendable)? = nil, sts: TestSTS? = nil
    ) throws {
        self.clock = clock
        let sts = sts ?? TestSTS(clock)
        self.sts = sts
        home = try TestHome(
            config: config, credentials: credentials, settings: settings, environment: environment, clock: clock,
            sender: sender ?? sts.sender)
    }

    /// What a process would make for `profile`.
    func issuer(
        _ profile: String = "prod", code: String? = nil, _ prompter: (any Prompter)? = nil, as method: Method = .helper,
        freshness: Freshness = .ordinary, strict: Bool = false, narrowing: Narrowing = .none,
        waits: WaitLimits = .short
    ) throws(Failure) -> Issuer {
        let context = try home.context(noPrompt: method == .silent, isHelper: method != .command, waits: waits)
        let keys = Keys(context)
        return try Issuer(
            context, profile: profile, keys: keys,
            codes: CodeSupply(given: code, keys: keys, prompter: prompter ?? ScriptedPrompter()),
            freshness: freshness, strict: strict, narrowing: narrowing)
    }

    enum Method: Sendable {
        /// The helper of an SDK.
        case helper
        /// The same, with prompts switched off.
        case silent
        /// A command of the user's.
        case command
    }

    /// The key that a process is given for `profile`.
    @discardableResult
    func key(
        of profile: String = "prod", code: String? = nil, _ prompter: (any Prompter)? = nil,
        as method: Method = .helper,
        freshness: Freshness = .ordinary, strict: Bool = false, narrowing: Narrowing = .none,
        waits: WaitLimits = .short
    ) throws(Failure) -> String {
        try issuer(
            profile, code: code, prompter, as: method, freshness: freshness, strict: strict, narrowing: narrowing,
            waits: waits
        ).credentials().accessKeyID
    }

    /// How a process fails for `profile`; nil where it does not.
    func failure(
        of profile: String = "prod", code: String? = nil, _ prompter: (any Prompter)? = nil,
        as method: Method = .helper,
        strict: Bool = false, narrowing: Narrowing = .none, waits: WaitLimits = .short
    ) -> Failure? {
        failureOf { () throws(Failure) in
            try key(of: profile, code: code, prompter, as: method, strict: strict, narrowing: narrowing, waits: waits)
        }
    }

    /// The codes that STS was given.
    var codes: [String] { sts.requests.compactMap { $0.form["TokenCode"] } }
}

extension SentRequest {
    /// The id of the key that signed it.
    var signer: String? {
        headers["Authorization"]?.split(separator: "Credential=").last.map { String($0.prefix { $0 != "/" }) }
    }

    /// The region that it is signed for.
    var signingRegion: String? {
        headers["Authorization"]?.split(separator: "/").dropFirst(2).first.map(String.init)
    }
}

/// How `work` fails; nil where it does not.
func failureOf<R: ~Copyable>(_ work: () throws(Failure) -> R) -> Failure? {
    do throws(Failure) {
        _ = try work()
        return nil
    } catch { return error }
}

/// What came of one process of a crowd.
enum Outcome: Equatable, Sendable {
    case key(String)
    case failed(ExitCode, String)
}

extension Rig {
    /// So many processes at once, as far as locks can tell: each thread has files of its own open.
    func crowd(
        _ count: Int, of profile: String = "prod", as method: Method = .helper, waits: WaitLimits = .short,
        prompter: @escaping @Sendable () -> (any Prompter)? = { nil }
    ) -> [Outcome] {
        let outcomes = Mutex<[Outcome]>([])
        inThreads(count) { _ in
            let outcome: Outcome
            do throws(Failure) {
                outcome = .key(try key(of: profile, prompter(), as: method, waits: waits))
            } catch { outcome = .failed(error.code, error.message) }
            outcomes.withLock { $0.append(outcome) }
        }
        return outcomes.withLock { $0 }
    }
}

extension WaitLimits {
    /// For those that wait for what a test holds back.
    static var patient: WaitLimits {
        var waits = WaitLimits.short
        waits.whilePrompting = 20_000
        waits.withoutPrompt = 20_000
        return waits
    }
}
