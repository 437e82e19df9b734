import Chains
import Failures
import Issuing
import Linux
import Profiles
import STS
import Sessions
import Setup
import Stores
import Times

/// Why a profile gives the credentials that it gives, and what the next `process` will do for it.
package struct Explanation {
    /// One step of the chain, from the source on.
    struct Step {
        let kind: String
        let profile: String
        /// The settings that shape it, in the order they are shown.
        var parameters: [Parameter] = []
        /// Until when its credentials are cached, in seconds since 1970; nil where they are not, or that cannot be seen.
        var cachedUntil: Int64?
        /// The next `process` makes it anew.
        var isNeeded = false
        /// A code is asked for when it is made.
        var asksForCode = false
        /// It is a key in plain text that the store has, too, as far as that can be seen.
        var isStoredToo = false
    }

    /// A setting, its value fit to be shown, and where it stands.
    struct Parameter {
        let key: String
        let value: String
        let origin: Origin?
    }

    let profile: String
    var steps: [Step]
    /// Where STS is asked; nil where it is not, and no region or setting makes an endpoint.
    let endpoint: Endpoint?
    /// Which line says where requests go; nil where AWS's own table does.
    let endpointOrigin: Origin?
    /// What `prompts` calls a code.
    static let code = "an MFA code"
    /// Why the next `process` asks somebody; empty where it does not.
    var prompts: [String] = []
    /// Why the next `process` fails, as far as can be seen; nil where nothing speaks against it.
    var obstacle: String?
    /// Why it fails where it finds nothing in the cache, which cannot be seen while locked; nil as above.
    var doubt: String?
    /// While locked, nobody knows what is cached.
    let isLocked: Bool
    /// AWS's time less this machine's, in seconds, as what is cached tells it.
    var clockOffset: Int64 = 0
    /// Whether SDKs ask warder for the profile.
    let sdks: SDKVerdict
}

extension Explanation {
    package init(_ issuer: Issuer) throws(Failure) {
        let chain = issuer.chain
        profile = chain.profile
        steps = [Step(source: chain.source, of: chain)]
        if case .plaintextKey(let key) = chain.source, let index = try? issuer.keys.index() {
            let name = key.profile.name
            steps[0].isStoredToo = index.contains { $0.name == name || $0.accessKeyID == key.accessKeyID.value }
        }
        if let session = chain.session { steps.append(Step(session: session, of: chain)) }
        let profiles = try ProfileLoading(issuer.keys.context).profiles()
        for role in chain.roles { steps.append(Step(role: role, of: chain, profiles.profile(role.profile))) }
        sdks = try SDKVerdict(issuer.keys.context, profiles, profile: chain.profile)
        if case .sso(let sso) = chain.source { _ = try SingleSignOn.role(sso, profile: chain.profile) }
        let asksSTS = chain.stepCount > 0 || issuer.minter.isWebIdentity
        endpoint = asksSTS ? try issuer.minter.stsEndpoint() : try? issuer.minter.stsEndpoint()
        endpointOrigin = endpoint?.isCustom == true ? issuer.minter.endpointOrigin : nil
        let hasStore = try issuer.keys.store() != nil
        isLocked = try issuer.keys.unlockedState()?.deadline == nil && hasStore
        try plan(issuer)
    }

    /// Finds what is cached, from there on what is to be made, and what stands in its way.
    private mutating func plan(_ issuer: Issuer) throws(Failure) {
        try findCached(issuer)
        if issuer.chain.confirmation.isWanted { prompts.append("a yes to the use of \(profile)") }
        let needsCache = issuer.chain.stepCount > 0 || issuer.minter.keepsSource
        let opensForCache = isLocked && needsCache
        let needsKey = if case .storedKey = issuer.chain.source { steps[0].isNeeded } else { false }
        var asksForPassphrase = false
        if opensForCache || needsKey {
            switch try issuer.keys.storeOutlook(needsCache: opensForCache) {
            case .closed(let failure): meet(failure)
            case .passphrase: asksForPassphrase = true
            case .unasked: break
            }
        }
        if obstacle == nil, steps[0].isNeeded, let failure = try issuer.minter.sourceObstacle() {
            if !opensForCache {
                meet(failure)
            } else if failure.code != .promptNeeded {
                // The source is not asked where its credentials, or what comes of them, are cached. A sign-in would be
                // seen in the cache itself.
                doubt = Self.words(failure)
            }
        }
        if obstacle == nil {
            for step in steps where step.isNeeded && step.asksForCode { prompts.append(Self.code) }
        }
        if asksForPassphrase { prompts.append("the vault's passphrase") }
    }

    private mutating func findCached(_ issuer: Issuer) throws(Failure) {
        // steps[0] is the source: the chain counts from the step after it.
        var first = 0
        for index in steps.indices.reversed() {
            let cached: Issuer.Cached?
            // What lies behind a session that is served is only shown.
            if first > 0 {
                cached = try? issuer.cachedSession(index - 1)
            } else {
                if index > 0 || issuer.minter.keepsSource, !isLocked || index == steps.count - 1 {
                    _ = try issuer.minter.identity(of: index - 1)
                }
                cached = try issuer.cachedSession(index - 1)
            }
            guard let cached else { continue }
            steps[index].cachedUntil = cached.end
            if clockOffset == 0 { clockOffset = cached.clockOffset }
            if cached.isServed, first == 0 { first = index + 1 }
        }
        for index in steps.indices where index >= first { steps[index].isNeeded = true }
    }

    /// The source cannot be had: an old session that still works is served all the same, and else nothing.
    private mutating func meet(_ failure: Failure) {
        guard let old = steps.firstIndex(where: { $0.isNeeded && $0.cachedUntil != nil }) else {
            obstacle = Self.words(failure)
            return
        }
        for index in 0...old { steps[index].isNeeded = false }
    }

    private static func words(_ failure: Failure) -> String { "\(failure.message); \(failure.hint)" }
}

extension Explanation.Step {
    fileprivate init(source: Source, of chain: Chain) {
        func named(_ kind: String, _ profile: String, _ settings: [(String, Setting?)]) -> Self {
            var step = Self(kind: kind, profile: profile)
            step.add(settings)
            return step
        }
        switch source {
        case .storedKey(let name, let origin):
            self.init(kind: "stored_key", profile: name)
            parameters = [.init(key: "key", value: name, origin: origin)]
        case .plaintextKey(let key):
            self = named("static_key", key.profile.name, [("aws_access_key_id", key.accessKeyID)])
        case .named(let source, let origin):
            let kind =
                switch source {
                case .environment: "environment"
                case .ec2InstanceMetadata: "instance_metadata"
                case .ecsContainer: "container"
                }
            self.init(kind: kind, profile: chain.roles.first?.profile ?? chain.profile)
            parameters = [.init(key: "credential_source", value: source.rawValue, origin: origin)]
        case .webIdentity(let identity):
            self = named(
                "web_identity", chain.roles.first?.profile ?? chain.profile,
                [
                    ("role_arn", identity.roleARN), ("web_identity_token_file", identity.tokenFile),
                    ("role_session_name", identity.sessionName),
                ])
            add("duration_seconds", identity.duration)
            add(identity.unsent.map { ("ignored_" + $0.key, $0.setting) })
        case .sso(let sso):
            self = named(
                "sso", chain.roles.first?.profile ?? chain.profile,
                [
                    ("sso_session", sso.session), ("sso_start_url", sso.startURL), ("sso_region", sso.region),
                    ("sso_account_id", sso.accountID), ("sso_role_name", sso.roleName),
                ])
        case .process(let command):
            self = named("process", chain.roles.first?.profile ?? chain.profile, [("credential_process", command)])
        }
    }

    fileprivate init(session: SessionStep, of chain: Chain) {
        let profile: String
        if case .storedKey(let name, _) = chain.source { profile = name } else { profile = chain.profile }
        self.init(kind: "session_token", profile: profile)
        parameters = [.init(key: "duration_seconds", value: String(session.durationSeconds), origin: nil)]
        add([("mfa_serial", session.mfa?.serial), ("region", session.region)])
        asksForCode = session.mfa != nil && chain.mfaProcess == nil
        if session.mfa != nil { add([("mfa_process", chain.mfaProcess)]) }
    }

    fileprivate init(role: RoleStep, of chain: Chain, _ profile: Profile?) {
        self.init(kind: "assume_role", profile: role.profile)
        asksForCode = role.mfa != nil && chain.mfaProcess == nil
        add([
            ("role_arn", role.roleARN), ("role_session_name", role.sessionName), ("external_id", role.externalID),
            ("source_identity", role.sourceIdentity), ("mfa_serial", role.mfa?.serial), ("region", role.region),
        ])
        add("duration_seconds", role.duration)
        switch role.policy {
        case .json(let text): add([("policy", text)])
        case .file(let path): add([("policy_file", path)])
        case nil: break
        }
        add("policy_arns", role.policyARNs.map(\.value), role.policyARNs.first?.origin)
        let tags = role.sessionTags.map { "\($0.key)=\($0.value)" }
        add("session_tags", tags, role.sessionTagsOrigin)
        add("transitive_session_tags", role.transitiveTagKeys, profile?.origin(read: "transitive_session_tags"))
    }

    private mutating func add(_ key: String, _ values: [String], _ origin: Origin?) {
        guard !values.isEmpty else { return }
        parameters.append(.init(key: key, value: values.joined(separator: ","), origin: origin))
    }

    private mutating func add(_ settings: [(String, Setting?)]) {
        for case (let key, let setting?) in settings {
            parameters.append(.init(key: key, value: setting.value, origin: setting.origin))
        }
    }

    private mutating func add(_ key: String, _ seconds: Seconds?) {
        guard let seconds else { return }
        parameters.append(.init(key: key, value: String(seconds.value), origin: seconds.origin))
    }
}

extension Profile {
    /// Where a setting is written: with warder's prefix or without, here or in what is included.
    fileprivate func origin(read key: String) -> Origin? {
        do throws(ProfileError) { return try setting(key)?.origin } catch { return nil }
    }
}
