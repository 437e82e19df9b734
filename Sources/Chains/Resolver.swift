import Profiles
import Text

extension Chain {
    /// Resolves a profile as the SDKs do, and adds what is warder's: the session of a stored key, and the step that
    /// sends the MFA code.
    ///
    /// `isStoredKey` returns whether the store has a key of that name. If that is unknown because the store is locked,
    /// it returns true: a profile without any other source is then taken for a key.
    ///
    /// - Parameters:
    ///   - webIdentityTokenFile: `AWS_WEB_IDENTITY_TOKEN_FILE`, the source of a role without another one.
    ///   - longest: how long each session lives at most.
    ///   - environment: looks up the variables that name an STS endpoint.
    public static func resolve(
        _ profile: String, in profiles: ProfileSet, webIdentityTokenFile: String? = nil, longest: Seconds? = nil,
        environment: (String) -> String? = { _ in nil }, isStoredKey: (String) -> Bool
    ) throws(ChainError) -> Chain {
        let chain = try unchecked(
            profile, in: profiles, webIdentityTokenFile: webIdentityTokenFile, longest: longest,
            isStoredKey: isStoredKey)
        try chain.check(environment)
        return chain
    }

    /// A chain whose ARNs, names and policies have not been checked against STS's rules.
    package static func unchecked(
        _ profile: String, in profiles: ProfileSet, webIdentityTokenFile: String? = nil, longest: Seconds? = nil,
        isStoredKey: (String) -> Bool
    ) throws(ChainError) -> Chain {
        let walk = try Walk(
            from: profile, in: profiles, webIdentityTokenFile: webIdentityTokenFile, isStoredKey: isStoredKey)
        let source: Source
        switch walk.end {
        case .profile where walk.identity != nil:
            guard let identity = walk.identity else { throw .noSuchProfile(profile) }
            source = .webIdentity(identity)
        case .key(let name): source = .storedKey(name: name, origin: nil)
        case .profile:
            guard let last = walk.profiles.last else { throw .noSuchProfile(profile) }
            source = try Source(of: last, in: profiles, isStoredKey: isStoredKey)
        }
        var steps = Steps(source: source, longest: longest)
        try steps.read(walk)
        return Chain(
            profile: profile, source: source.keeping(within: longest), session: steps.session, roles: steps.roles,
            region: steps.region, endpoint: try endpoint(walk, profiles), mfaProcess: try walk.nearest("mfa_process"),
            confirmation: try Confirmation(of: walk.profiles.first))
    }

    private static func endpoint(_ walk: Walk, _ profiles: ProfileSet) throws(ChainError) -> EndpointSettings {
        guard let first = walk.profiles.first else { return .none }
        return try EndpointSettings(of: first, in: profiles)
    }
}

/// The session and the roles of a chain, while it is built.
private struct Steps {
    let source: Source
    let longest: Seconds?
    var session: SessionStep?
    var roles: [RoleStep] = []
    /// The region of the last step read, or the nearest one before it.
    var region: Setting?

    init(source: Source, longest: Seconds?) {
        self.source = source
        self.longest = longest
    }

    mutating func read(_ walk: Walk) throws(ChainError) {
        let base = baseProfile(walk)
        region = try base?.region()
        let baseRegion = region
        roles = walk.roles.reversed()
        for index in roles.indices {
            region = roles[index].region ?? region
            roles[index].region = region
        }
        try checkDurations()
        if let longest { for index in roles.indices { roles[index].keep(within: longest) } }
        let device = source.isSession ? nil : try base?.device()
        session = try makeSession(walk, device ?? roles.first { $0.mfa != nil }?.mfa, baseRegion)
        placeCodes(device)
    }

    /// The profile that is the source, if the source is a profile.
    private func baseProfile(_ walk: Walk) -> Profile? {
        if case .profile = walk.end { return walk.profiles.last }
        return nil
    }

    /// Only a role that is assumed with a long-term key may last over an hour.
    private func checkDurations() throws(ChainError) {
        for (index, role) in roles.enumerated() {
            guard let duration = role.duration, duration.value > RoleStep.chainedDuration else { continue }
            if index > 0 || source.isSession {
                throw .roleChainingTooLong(profile: role.profile, seconds: duration.value, duration.origin)
            }
        }
    }

    /// A stored key always has a session, and a plaintext key has one if it has a device; neither has one if the first
    /// role lasts over an hour, or if `warder_session` is off.
    private func makeSession(_ walk: Walk, _ device: MFADevice?, _ region: Setting?) throws(ChainError) -> SessionStep?
    {
        guard source.isKey, (roles.first?.duration?.value ?? 0) <= RoleStep.chainedDuration else { return nil }
        if case .plaintextKey = source, device == nil { return nil }
        var duration = SessionStep.defaultDuration
        for profile in walk.profiles {
            guard let session = try profile.ownValue("session") else { continue }
            guard try session.asSwitch("warder_session") else { return nil }
            break
        }
        // The source's own setting comes first here, so that all roles of one key share one session.
        for profile in walk.profiles.reversed() {
            guard let said = try profile.ownValue("session_duration") else { continue }
            duration = try said.asDuration("warder_session_duration", SessionStep.durations)
            break
        }
        return SessionStep(duration, longest: longest, mfa: device, region: region)
    }

    /// Assigns each device's code to one step: the session, or the first role that needs it.
    private mutating func placeCodes(_ sourceDevice: MFADevice?) {
        var used: [String] = []
        if let session, let device = session.mfa { used.append(device.serial.value) }
        for index in roles.indices {
            var device = roles[index].mfa
            if index == 0, session == nil, device == nil { device = sourceDevice }
            roles[index].mfa = nil
            guard let device, !used.holds(device.serial.value) else { continue }
            roles[index].mfa = device
            used.append(device.serial.value)
        }
    }
}
