import Chains
import Failures
import Issuing
import Profiles
import STS
import Setup
import Stores

/// What the checks of `--online` share: the profiles that ask warder, and what the checks found out so far.
final class OnlineSubject {
    let context: Context
    let keys: Keys
    let time: OnlineTime
    /// Uses no code up, wherever it would come from.
    let codes: CodeSupply
    private(set) var profiles: [OnlineProfile] = []
    /// The endpoints that were tried.
    var probes: [EndpointProbe] = []
    /// The names of stored keys that AWS does not take.
    var refusedKeys: Set<String> = []
    /// The ARN of the user of each stored key that AWS takes.
    var users: [String: String] = [:]

    init(_ subject: Subject) throws(Failure) {
        let world = subject.context.world
        time = OnlineTime(world.timing)
        // As for a helper of an SDK: no dialog, no message, and half a second for the Secret Service.
        context = try Context(
            noPrompt: true, isHelper: true, environment: subject.context.environment, world: time.limiting(world))
        keys = Keys(context)
        codes = CodeSupply(given: nil, keys: keys, isWithheld: true)
        guard let all = try? subject.profiles.get() else { return }
        for name in subject.names {
            guard subject.profile != nil || (try? all.profile(name)?.asksWarder()) == true else { continue }
            guard let issuer = try? issuer(name) else { continue }
            profiles.append(OnlineProfile(name: name, issuer: issuer))
        }
    }

    /// An issuer of a profile's sessions that prompts for nothing, and signs in nowhere.
    func issuer(_ profile: String) throws(Failure) -> Issuer {
        try Issuer(context, profile: profile, keys: keys, codes: codes, signIn: SignInMethod.none)
    }

    /// Whether all endpoints of a profile answered when they were tried.
    func isReachable(_ profile: OnlineProfile) -> Bool {
        profile.targets.allSatisfy { target in probes.contains { $0.target.isSame(as: target) && $0.hasAnswered } }
    }

    /// The stored keys of the profiles, each with the first profile that begins with it and whose endpoints answer.
    var storedKeys: [(name: String, profile: OnlineProfile)] {
        var found: [(name: String, profile: OnlineProfile)] = []
        for profile in profiles where isReachable(profile) {
            guard case .storedKey(let name, _) = profile.chain.source, !found.contains(where: { $0.name == name })
            else {
                continue
            }
            found.append((name, profile))
        }
        return found
    }
}

/// A profile whose chain could be resolved.
struct OnlineProfile {
    let name: String
    let issuer: Issuer

    var chain: Chain { issuer.chain }

    /// The endpoints of STS that its credentials come from; none where STS is not called.
    var targets: [EndpointTarget] {
        let maker = issuer.sessionMaker
        let steps = chain.stepCount == 0 ? Chain.sourceStep...Chain.sourceStep : 0...(chain.stepCount - 1)
        guard chain.stepCount > 0 || maker.source.asksSTS || maker.source.keyName != nil else { return [] }
        var targets: [EndpointTarget] = []
        for step in steps {
            guard let endpoint = try? maker.endpoint(of: step) else { continue }
            let target = EndpointTarget(
                endpoint: endpoint, caBundle: maker.caBundle, caBundleOrigin: chain.endpoint.caBundle?.origin,
                origin: endpoint.isCustom ? maker.endpointOrigin : chain.region(ofStep: step)?.origin)
            if !targets.contains(where: { $0.isSame(as: target) }) { targets.append(target) }
        }
        return targets
    }
}

/// Where requests go, and whom they trust there.
struct EndpointTarget {
    let endpoint: Endpoint
    let caBundle: String?
    /// The line of the profile's `ca_bundle`, which a variable may override.
    let caBundleOrigin: Origin?
    /// The line or variable that the endpoint comes from.
    let origin: Origin?

    func isSame(as other: EndpointTarget) -> Bool {
        endpoint.url == other.endpoint.url && caBundle == other.caBundle
    }
}

/// Looks for one kind of fault by asking AWS.
protocol OnlineCheck {
    static func run(_ subject: OnlineSubject, _ diagnosis: inout Diagnosis)
}

extension Diagnosis {
    /// Runs the checks that ask AWS, which take ten seconds at most. They ask no person, use up no code, and change
    /// nothing at AWS; a session that comes of them is cached.
    package mutating func online(_ subject: Subject) {
        guard let subject = try? OnlineSubject(subject) else { return }
        for check in Checks.online { check.run(subject, &self) }
    }
}
