import Text

/// What the config and credentials files say together.
public struct ProfileSet: Sendable {
    /// The config file, if there is one.
    public let config: ProfileFile?
    /// The credentials file, if there is one.
    public let credentials: ProfileFile?

    /// Whether the first word of a command runs warder itself under another name.
    private let isItself: @Sendable (String) -> Bool
    let configIndex: SectionIndex?
    let credentialsIndex: SectionIndex?

    /// Puts the two files together; a file that is not there is nil.
    ///
    /// - Parameters:
    ///   - isIndexed: all profiles are wanted, so that looking one up is not to take time in proportion to the number of
    ///     sections.
    ///   - isItself: whether the first word of a `credential_process` runs warder itself, under whatever name.
    public init(
        config: ProfileFile?, credentials: ProfileFile?, isIndexed: Bool = false,
        isItself: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.config = config
        self.credentials = credentials
        self.isItself = isItself
        configIndex = isIndexed ? config.map { SectionIndex($0) } : nil
        credentialsIndex = isIndexed ? credentials.map { SectionIndex($0) } : nil
    }

    /// The same files, for whoever looks up many profiles.
    public func indexed() -> ProfileSet {
        ProfileSet(config: config, credentials: credentials, isIndexed: true, isItself: isItself)
    }

    /// The same without the credentials file: what stands in the config file itself.
    public var configAlone: ProfileSet { ProfileSet(config: config, credentials: nil, isItself: isItself) }

    /// Whether `word`, the first of a `credential_process`, runs warder itself though it does not say so.
    func runsItself(_ word: String) -> Bool { isItself(word) }

    /// The same with another config file, for whoever looks up many profiles.
    public func with(config: ProfileFile) -> ProfileSet {
        ProfileSet(config: config, credentials: credentials, isIndexed: true, isItself: isItself)
    }

    /// The profile `name`, or nil where neither file has it. Names that no SDK accepts are never there.
    ///
    /// Takes time in proportion to the number of sections.
    public func profile(_ name: String) -> Profile? {
        guard let profile = bareProfile(name) else { return nil }
        return profile.mayHave(Self.include) ? following(profile) : profile
    }

    /// `[default]`, where `[profile default]` stands beside it and hides it; with the credentials file's settings. botocore
    /// takes the later of the two.
    public var hiddenDefault: Profile? {
        var properties: [Property] = []
        guard let config, config.read(.profile, "default", configIndex, into: &properties) != nil else { return nil }
        properties.removeAll()
        guard let line = config.read(.bareDefault, "default", configIndex, into: &properties) else { return nil }
        _ = credentials?.read(.profile, "default", credentialsIndex, into: &properties)
        return Profile(name: "default", origin: config.origin(line), files: self, properties: properties)
    }

    /// Where a profile stands that is passed over, since its name is `name`, which no SDK accepts, or stands in quotes;
    /// nil where there is none.
    public func passedOver(_ name: String) -> Origin? {
        for file in [config, credentials] {
            if let file, let line = file.passedOver(name) { return file.origin(line) }
        }
        return nil
    }

    /// Where a section stands that somebody wrote for the profile `name`, and that no SDK reads as one for how it is
    /// headed: `[abc]`, `[Profile abc]` and `[profileabc]` in the config file, `[profile abc]` in the credentials file.
    public func misnamed(_ name: String) -> MisnamedSection? {
        guard Self.isName(name) else { return nil }
        for file in [config, credentials] {
            guard let file, let line = file.misnamed(name) else { continue }
            let isBare = file.kind == .credentials || name == "default"
            return MisnamedSection(origin: file.origin(line), heading: isBare ? "[\(name)]" : "[profile \(name)]")
        }
        return nil
    }

    /// Where a section stands that somebody wrote for `[kind name]`, as `sso-session` or `services`, and that is headed
    /// otherwise: `[sso_session name]`.
    public func misnamed(_ name: String, as kind: String) -> MisnamedSection? {
        guard Self.isName(name), let config, let line = config.misnamed(name, as: kind) else { return nil }
        return MisnamedSection(origin: config.origin(line), heading: "[\(kind) \(name)]")
    }

    /// The section `[sso-session name]`, or nil where the config file has none.
    public func ssoSession(_ name: String) -> Profile? { section(.ssoSession, name) }

    /// The section `[services name]`, or nil where the config file has none.
    public func services(_ name: String) -> Profile? { section(.services, name) }

    /// The names of all profiles, each once: those of the config file in its order, then those only in the
    /// credentials file. Takes time in proportion to the number of sections.
    public var profileNames: [String] {
        var seen: Set<String> = []
        return ((config?.profileNames ?? []) + (credentials?.profileNames ?? [])).filter { seen.insert($0).inserted }
    }

    private static let include = PropertyName("include_profile")

    private func section(_ kind: Section.Kind, _ name: String) -> Profile? {
        guard Self.isName(name), let config else { return nil }
        var properties: [Property] = []
        guard let line = config.read(kind, name, configIndex, into: &properties) else { return nil }
        return Profile(name: name, origin: config.origin(line), files: self, properties: properties)
    }

    private func bareProfile(_ name: String) -> Profile? {
        guard Self.isName(name) else { return nil }
        var properties: [Property] = []
        var origin: Origin?
        if let config {
            var line = config.read(.profile, name, configIndex, into: &properties)
            // `[profile default]` hides `[default]`, wherever they stand.
            if line == nil, name == "default" { line = config.read(.bareDefault, name, configIndex, into: &properties) }
            origin = line.map { config.origin($0) }
        }
        if let credentials, let line = credentials.read(.profile, name, credentialsIndex, into: &properties),
            origin == nil
        {
            origin = credentials.origin(line)
        }
        guard let origin else { return nil }
        return Profile(name: name, origin: origin, files: self, properties: properties)
    }

    /// Finds what `include_profile` names, link by link. A fault is kept for whoever asks for a setting.
    private func following(_ profile: Profile) -> Profile {
        var included: [Profile] = []
        var last = profile
        do throws(ProfileError) {
            while let link = try last.local(Self.include, Self.include.name) {
                if link.value.isSame(as: profile.name) || included.contains(where: { $0.name.isSame(as: link.value) }) {
                    throw .includeCycle(profile: link.value, link.origin)
                }
                guard let next = bareProfile(link.value) else {
                    throw .includedProfileMissing(profile: link.value, link.origin)
                }
                included.append(next)
                last = next
            }
            return profile.including(included, fault: nil)
        } catch {
            return profile.including(included, fault: error)
        }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isNameByte)
    }
}
