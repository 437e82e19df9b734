import Chains
import Failures
import Issuing
import Profiles
import STS
import Text

/// Whether the roles of profiles can be assumed: each is, once, by the chain's ordinary means.
enum AssumableRoles: OnlineCheck {
    static func run(_ subject: OnlineSubject, _ diagnosis: inout Diagnosis) {
        var trial = RoleTrial(subject: subject)
        for profile in subject.profiles where subject.isReachable(profile) {
            guard !subject.refusedKeys.contains(profile.issuer.sessionMaker.source.keyName ?? "") else { continue }
            // What a chain begins with comes first, so that a refusal is said of the role that is refused.
            for role in profile.roles where !trial.isKnown(role.profile) {
                guard let issuer = role.profile == profile.name ? profile.issuer : try? subject.issuer(role.profile)
                else { continue }
                trial.run(role, issuer, &diagnosis)
            }
        }
        trial.unchecked.report(&diagnosis)
    }
}

/// A role, and the profile that names it.
private struct NamedRole {
    let profile: String
    let role: Setting
}

extension OnlineProfile {
    /// The roles of its chain, in the order in which they are assumed; a role that the chain begins with where it has no
    /// other.
    fileprivate var roles: [NamedRole] {
        switch chain.source {
        case .webIdentity(let identity) where chain.roles.isEmpty:
            [NamedRole(profile: name, role: identity.roleARN)]
        case .sso(let sso) where chain.roles.isEmpty:
            sso.roleName.map { [NamedRole(profile: name, role: $0)] } ?? []
        default: chain.roles.map { NamedRole(profile: $0.profile, role: $0.roleARN) }
        }
    }
}

/// The roles that were tried.
private struct RoleTrial {
    let subject: OnlineSubject
    var unchecked = Unchecked("role_unchecked", "the role of", "the roles of")
    private var known: Set<String> = []
    private var refused: Set<String> = []
    /// What comes before the roles whose session before them is dead.
    private var deadBeginnings: Set<[String]> = []

    init(subject: OnlineSubject) { self.subject = subject }

    func isKnown(_ profile: String) -> Bool { known.contains(profile) }

    /// - Parameter issuer: of the profile that names the role, whose chain ends with it.
    mutating func run(_ role: NamedRole, _ issuer: Issuer, _ diagnosis: inout Diagnosis) {
        let name = role.profile
        known.insert(name)
        // The refusal of a role before it is found already.
        guard !issuer.chain.roles.contains(where: { refused.contains($0.profile) }) else {
            refused.insert(name)
            return
        }
        if case .process = issuer.chain.source {
            return unchecked.add(
                name, "its credentials come from another program, which doctor does not run")
        }
        guard !subject.time.isUp else { return unchecked.addUntimely(name) }
        do throws(Failure) {
            let made = try subject.time.measured { () throws(Failure) in
                _ = try issuer.refreshLastStep()
            }
            diagnosis.add(
                Remark(
                    "role_assumed", at: role.role.origin.place,
                    "\(name) can assume \(role.role.value) (\(made.milliseconds) ms)",
                    milliseconds: made.milliseconds))
        } catch {
            if error.cause == .sessionRefused {
                refused.insert(name)
                // What drops it for one role drops it for all.
                guard deadBeginnings.insert(Self.beginning(issuer)).inserted else { return }
            }
            report(error, role, &diagnosis)
        }
    }

    /// The session that a chain begins with, and the roles before its last one.
    private static func beginning(_ issuer: Issuer) -> [String] {
        [(try? issuer.beginning()) ?? ""] + issuer.chain.roles.dropLast().map(\.profile)
    }

    private mutating func report(_ failure: Failure, _ role: NamedRole, _ diagnosis: inout Diagnosis) {
        switch failure.code {
        case .refused where failure.cause == .sessionRefused:
            diagnosis.add(
                Finding(
                    "session_refused", .broken, at: role.role.origin.place, failure.message,
                    why: "AWS rejects the cached session, and warder keeps using it until you drop it",
                    .run("warder forget \(operand(role.profile))")))
        case .refused where failure.cause != .unjudged:
            refused.insert(role.profile)
            diagnosis.add(
                Finding(
                    "role_refused", .broken, at: role.role.origin.place, failure.message,
                    why: "programs that use \(role.profile) get no credentials",
                    .run("warder explain \(operand(role.profile))")))
        case .locked, .promptNeeded: unchecked.add(role.profile, prompting: failure, subject.keys)
        default: unchecked.add(role.profile, failure, subject)
        }
    }
}
