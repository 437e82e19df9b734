import Profiles
import Text

extension RoleStep {
    /// Reads the role that `profile` names. `check` finds what AWS would refuse.
    init(_ roleARN: Setting, of profile: Profile) throws(ChainError) {
        self.profile = profile.name
        self.roleARN = roleARN
        sessionName = try profile.value("role_session_name")
        externalID = try profile.value("external_id")
        duration = try profile.roleDuration()
        policy = try Self.policy(of: profile)
        policyARNs = try profile.value("policy_arns")?.asList() ?? []
        sessionTags = try Self.tags(of: profile)
        sessionTagsOrigin = sessionTags.isEmpty ? nil : try profile.value("session_tags")?.origin
        transitiveTagKeys = try profile.value("transitive_session_tags")?.asTagKeys() ?? []
        sourceIdentity = try profile.value("source_identity")
        mfa = try profile.device()
        region = try profile.region()
    }

    private static func tags(of profile: Profile) throws(ChainError) -> [SessionTag] {
        var tags: [SessionTag] = []
        if let setting = try profile.value("session_tags") {
            tags = try setting.asTags("session_tags")
            try checkTags(tags, setting.origin)
        }
        guard let transitive = try profile.value("transitive_session_tags") else { return tags }
        for key in transitive.asTagKeys() where !tags.contains(where: { $0.key == key }) {
            throw .badValue(key: "transitive_session_tags", .unknownTag, transitive.origin)
        }
        return tags
    }

    private static func policy(of profile: Profile) throws(ChainError) -> SessionPolicy? {
        let text = try profile.value("policy")
        let file = try profile.ownValue("policy_file")
        if let file {
            if text != nil { throw .badValue(key: "policy", .policyGivenTwice, file.origin) }
            return .file(file)
        }
        guard let text else { return nil }
        guard text.value.begins(with: "file://") else { return .json(text) }
        return .file(Setting(value: String(text.value.dropFirst(7)), origin: text.origin))
    }
}

extension Profile {
    /// `duration_seconds`, if set.
    func roleDuration() throws(ChainError) -> Seconds? {
        try value("duration_seconds")?.asSeconds("duration_seconds", RoleStep.durations)
    }

    /// `region`, if set.
    func region() throws(ChainError) -> Setting? { try value("region") }

    /// `mfa_serial`, if set.
    func device() throws(ChainError) -> MFADevice? { try value("mfa_serial").map { MFADevice(serial: $0) } }
}
