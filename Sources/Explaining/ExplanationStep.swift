import Chains
import Issuing
import Profiles

extension Explanation {
    /// One step of the chain, beginning with the source.
    struct Step {
        /// The name for programs.
        let kind: String
        /// The name for people.
        let title: String
        let profile: String
        /// Whether its credentials go into the session cache.
        let isCacheable: Bool
        /// The settings that shape it, in display order.
        var parameters: [ChainParameter] = []
        /// The end of its cached credentials, in seconds since 1970; nil if none are cached or warder cannot tell.
        var cachedUntil: Int64?
        /// The next `process` makes it again.
        var isNeeded = false
        /// Making it requires a code.
        var asksForCode = false

        private init(kind: String, title: String, profile: String, isCacheable: Bool = true) {
            (self.kind, self.title) = (kind, title)
            (self.profile, self.isCacheable) = (profile, isCacheable)
        }
    }
}

extension Explanation.Step {
    /// What the chain begins with.
    ///
    /// - Parameter isStoredToo: it is a plain-text key that the store also has.
    init(_ source: any ChainSource, of chain: Chain, isStoredToo: Bool) {
        self.init(
            kind: source.kind, title: source.title(isStoredToo: isStoredToo),
            profile: source.owner ?? chain.roles.first?.profile ?? chain.profile, isCacheable: source.isKept)
        parameters = source.parameters
    }

    /// The session of a key.
    ///
    /// - Parameter key: its name in the store; nil if it is not stored.
    init(session: SessionStep, of chain: Chain, key: String?) {
        let profile = key ?? chain.profile
        self.init(kind: "session_token", title: "session of \(profile)", profile: profile)
        let bound = session.shortening?.bound.origin
        parameters = [.init(key: "duration_seconds", value: String(session.durationSeconds), origin: bound)]
        add([("mfa_serial", session.mfa?.serial), ("region", session.region)])
        asksForCode = session.mfa != nil && chain.mfaProcess == nil
        if session.mfa != nil { add([("mfa_process", chain.mfaProcess)]) }
    }

    /// A role.
    init(role: RoleStep, of chain: Chain, _ profile: Profile?) {
        self.init(kind: "assume_role", title: "role of \(role.profile)", profile: role.profile)
        asksForCode = role.mfa != nil && chain.mfaProcess == nil
        add([
            ("role_arn", role.roleARN), ("role_session_name", role.sessionName), ("external_id", role.externalID),
            ("source_identity", role.sourceIdentity), ("mfa_serial", role.mfa?.serial), ("region", role.region),
        ])
        parameters += [ChainParameter("duration_seconds", role.duration)].compactMap { $0 }
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
        parameters += settings.compactMap { ChainParameter($0.0, $0.1) }
    }
}

extension Profile {
    /// The origin of a setting: with warder's prefix or without, in this profile or in one that it includes.
    fileprivate func origin(read key: String) -> Origin? {
        do throws(ProfileError) { return try setting(key)?.origin } catch { return nil }
    }
}
