import Chains
import Failures
import Issuing
import Profiles
import Setup
import Text

/// Sessions that need a code of an MFA device: whether the next one can be had from here. While locked, it cannot be told
/// which sessions there are.
enum CodesInReach: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let settings = try? subject.settings.get(), var search = CodeSearch(subject) else { return }
        var hasPlace: Bool?
        for name in subject.names {
            for need in (try? search.needs(of: name)) ?? [] {
                let place = hasPlace ?? UserPrompter.hasPlace(subject.context, settings)
                hasPlace = place
                add(need, hasPlace: place, subject.context.now, &diagnosis)
            }
        }
    }

    private static func add(_ need: NeededCode, hasPlace: Bool, _ now: Int64, _ diagnosis: inout Diagnosis) {
        let (origin, profile) = (need.device.serial.origin.place, need.profile)
        let left = need.end.map { spoken(seconds: max(0, $0 - now)) }
        if hasPlace {
            guard let left else { return }
            diagnosis.add(
                Remark(
                    "session_ending", at: origin,
                    "the session of \(profile) ends in \(left); the next one needs an MFA code")
            )
            return
        }
        let what =
            if let left {
                "the session of \(profile) ends in \(left), and warder has no way to ask for the next one's code here"
            } else {
                "\(profile) needs a code of its MFA device, and warder has no way to ask for it here"
            }
        diagnosis.add(
            Finding(
                left == nil ? "code_out_of_reach" : "session_ending", left == nil ? .broken : .risky, at: origin, what,
                why: "without a terminal, a window, warder mfa --watch or a stored seed, programs get no credentials",
                .run("warder refresh \(operand(profile))")))
    }
}

/// A session that has ended or is about to, and that a code is needed for.
struct NeededCode {
    /// The first profile that needs it.
    let profile: String
    let device: MFADevice
    /// When the cached one ends, in seconds since 1970; nil if there is none.
    let end: Int64?
}

/// Looks for the codes that the next `process` of each profile asks for; each session of a key is looked at once.
struct CodeSearch {
    private let subject: Subject
    private let profiles: ProfileSet
    private let names: Set<ByteText>
    private let loading: ChainLoading
    /// The identities of sessions that last, and of those that need a code.
    private var (lasting, needed): (Set<[UInt8]>, Set<[UInt8]>) = ([], [])

    /// Nil while locked.
    init?(_ subject: Subject) {
        guard let profiles = try? subject.profiles.get(), let stored = subject.keyIndex else { return nil }
        self.subject = subject
        self.profiles = profiles
        names = Set(stored.map { ByteText($0.name) })
        loading = ChainLoading(subject.context, subject.keys)
    }

    /// The codes that a profile needs, and none before it did.
    mutating func needs(of profile: String) throws(Failure) -> [NeededCode] {
        guard (try? profiles.profile(profile)?.asksWarder()) == true, let chain = try chain(profile) else { return [] }
        let issuer = try Issuer(
            subject.context, sessionOf: chain, keys: subject.keys, codes: CodeSupply(given: nil, keys: subject.keys))
        guard !hasSeed(issuer.sessionMaker.source.keyName) else { return [] }
        let devices = Self.devices(of: chain)
        let identities = try devices.indices.map { (step) throws(Failure) in try issuer.sessionMaker.identity(of: step)
        }
        let isKnown = devices.indices.allSatisfy {
            devices[$0] == nil || lasting.contains(identities[$0]) || needed.contains(identities[$0])
        }
        guard !isKnown else { return [] }
        var (needs, end): ([NeededCode], Int64?) = ([], nil)
        for step in devices.indices.reversed() {
            // A session that lasts needs nothing of those before it.
            if lasting.contains(identities[step]) { break }
            if let cached = try issuer.cachedSession(step) {
                if cached.isServed {
                    lasting.insert(identities[step])
                    break
                }
                end = max(end ?? cached.end, cached.end)
            }
            guard let device = devices[step], needed.insert(identities[step]).inserted else { continue }
            needs.append(NeededCode(profile: profile, device: device, end: end))
        }
        return needs
    }

    /// The chain, if a code may be needed for it.
    private func chain(_ profile: String) throws(Failure) -> Chain? {
        let chain: Chain
        do throws(ChainError) {
            chain = try subject.chain(profile) { names.contains(ByteText($0)) }
        } catch { throw Failure(error) }
        guard chain.mfaProcess == nil, Self.devices(of: chain).contains(where: { $0 != nil }) else { return nil }
        let readsPolicy = chain.roles.contains { role in
            if case .file = role.policy { true } else { false }
        }
        return readsPolicy ? try loading.chain(profile) : chain
    }

    private func hasSeed(_ key: String?) -> Bool {
        guard let key, let stored = subject.keyIndex else { return false }
        return stored.contains { $0.hasTOTPSeed && $0.name.isSame(as: key) }
    }

    /// The device of each step.
    private static func devices(of chain: Chain) -> [MFADevice?] {
        (chain.session.map { [$0.mfa] } ?? []) + chain.roles.map(\.mfa)
    }
}
