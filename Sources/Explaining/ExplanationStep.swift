import Chains
import Issuing
import Profiles

extension Explanation {
    /// One step of the chain, from the source on.
    struct Step {
        /// What programs call it.
        let kind: String
        /// What people call it.
        let title: String
        let profile: String
        /// Whether its credentials are kept in the session cache.
        let isCacheable: Bool
        /// The settings that shape it, in the order they are shown.
        var parameters: [ChainParameter] = []
        /// Until when its credentials are cached, in seconds since 1970; nil where they are not, or that cannot be seen.
        var cachedUntil: Int64?
        /// The next `process` makes it anew.
        var isNeeded = false
        /// A code is asked for when it is made.
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
    /// - Parameter isStoredToo: it is a key in plain text that the store has, too.
    init(_ source: any ChainSource, of chain: Chain, isStoredToo: Bool) {
        self.init(
            kind: source.kind, title: source.title(isStoredToo: isStoredToo),
            profile: source.owner ?? chain.roles.first?.profile ?? chain.profile, isCacheable: source.isKept)
        parameters = source.parameters
    }

    /// The session of a key.
    ///
    /// - Parameter key: its name in the store; nil where it is not stored.
    init(session: SessionStep, of chain: Chain, key: String?) {
        let profile = key ?? chain.profile
        self.init(kind: "session_token", title: "session of \(profile)", profile: profile)
        parameters = [.init(key: "duration_seconds", value: String(session.durationSeconds), origin: nil)]
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
    /// Where a setting is written: with warder's prefix or without, here or in what is included.
    fileprivate func origin(read key: String) -> Origin? {
        do throws(ProfileError) { return try setting(key)?.origin } catch { return nil }
    }
}
