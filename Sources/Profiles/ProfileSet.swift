import Text

/// The config and the credentials file together.
public struct ProfileSet: Sendable {
    /// The config file, if there is one.
    public let config: ProfileFile?
    /// The credentials file, if there is one.
    public let credentials: ProfileFile?

    /// Whether the first word of a command runs warder itself under another name.
    private let isItself: @Sendable (String) -> Bool
    let configIndex: SectionIndex?
    let credentialsIndex: SectionIndex?

    /// Combines the two files; nil for a missing one.
    ///
    /// - Parameters:
    ///   - isIndexed: the caller will look up all profiles, so a look-up must not take time in proportion to the number
    ///     of sections.
    ///   - isItself: whether the first word of a `credential_process` runs warder itself, under any name.
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

    /// The same files, for a caller that looks up many profiles.
    public func indexed() -> ProfileSet {
        ProfileSet(config: config, credentials: credentials, isIndexed: true, isItself: isItself)
    }

    /// The config file alone, without the credentials file.
    public var configAlone: ProfileSet { ProfileSet(config: config, credentials: nil, isItself: isItself) }

    /// Whether `word`, the first of a `credential_process`, runs warder itself under another name.
    func runsItself(_ word: String) -> Bool { isItself(word) }

    /// The same with another config file, for a caller that looks up many profiles.
    public func with(config: ProfileFile) -> ProfileSet {
        ProfileSet(config: config, credentials: credentials, isIndexed: true, isItself: isItself)
    }

    /// The same with other files, for a caller that looks up many profiles.
    public func with(config: ProfileFile?, credentials: ProfileFile?) -> ProfileSet {
        ProfileSet(config: config, credentials: credentials, isIndexed: true, isItself: isItself)
    }

    /// The profile `name`, or nil if neither file has it. A name that no SDK accepts is never found.
    ///
    /// Takes time in proportion to the number of sections.
    public func profile(_ name: String) -> Profile? {
        guard let profile = bareProfile(name) else { return nil }
        return profile.mayHave(Self.include) ? following(profile) : profile
    }

    /// `[default]` if `[profile default]` hides it; with the credentials file's settings. botocore reads the later of
    /// the two.
    public var hiddenDefault: Profile? {
        var properties: [Property] = []
        guard let config, config.read(.profile, "default", configIndex, into: &properties) != nil else { return nil }
        properties.removeAll()
        guard let line = config.read(.bareDefault, "default", configIndex, into: &properties) else { return nil }
        _ = credentials?.read(.profile, "default", credentialsIndex, into: &properties)
        return Profile(name: "default", origin: config.origin(line), files: self, properties: properties)
    }

    /// Where a profile is ignored because its name is `name`, which no SDK accepts, or is in quotes; nil if there is
    /// none.
    public func passedOver(_ name: String) -> Origin? {
        for file in [config, credentials] {
            if let file, let line = file.passedOver(name) { return file.origin(line) }
        }
        return nil
    }

    /// A section that was meant for the profile `name`, but that no SDK reads as a profile because of its header:
    /// `[abc]`, `[Profile abc]` and `[profileabc]` in the config file, `[profile abc]` in the credentials file.
    public func misnamed(_ name: String) -> MisnamedSection? {
        guard Self.isName(name) else { return nil }
        for file in [config, credentials] {
            guard let file, let line = file.misnamed(name) else { continue }
            let isBare = file.kind == .credentials || name == "default"
            return MisnamedSection(origin: file.origin(line), heading: isBare ? "[\(name)]" : "[profile \(name)]")
        }
        return nil
    }

    /// A section that was meant as `[kind name]`, with a kind such as `sso-session` or `services`, but has another
    /// header, such as `[sso_session name]`.
    public func misnamed(_ name: String, as kind: String) -> MisnamedSection? {
        guard Self.isName(name), let config, let line = config.misnamed(name, as: kind) else { return nil }
        return MisnamedSection(origin: config.origin(line), heading: "[\(kind) \(name)]")
    }

    /// The section `[sso-session name]`, or nil if the config file has none.
    public func ssoSession(_ name: String) -> Profile? { section(.ssoSession, name) }

    /// The section `[services name]`, or nil if the config file has none.
    public func services(_ name: String) -> Profile? { section(.services, name) }

    /// The names of all profiles, each once: the config file's in file order, then those that only the credentials file
    /// has. Takes time in proportion to the number of sections.
    public var profileNames: [String] {
        var seen: Set<String> = []
        return ((config?.profileNames ?? []) + (credentials?.profileNames ?? [])).filter { seen.insert($0).inserted }
    }

    /// The names of all `[sso-session NAME]`, in file order.
    public var ssoSessionNames: [String] { config?.names(of: .ssoSession) ?? [] }

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
            // `[profile default]` hides `[default]`, in whatever order they are.
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

    /// Follows `include_profile` from profile to profile. A fault is kept, and thrown when a setting is read.
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
