/// An access key in one of the files, without its secret.
public struct PlaintextKeyEntry: Sendable, Equatable {
    /// The profile of its section.
    public let profile: String
    /// Its id, which is not secret.
    public let accessKeyID: String
    /// The line of its id.
    public let origin: Origin
}

/// A section that holds a key, or half of one, and that no SDK reads as a profile.
public struct StrayKey: Sendable, Equatable {
    /// Its header, without the brackets; nil if its name is not UTF-8, or has a NUL.
    public let header: String?
    /// The header of a profile of that name; nil if it could not be one.
    public let heading: String?
    /// The first line of the key.
    public let origin: Origin
}

extension ProfileSet {
    /// Every plaintext access key in a profile of either file, including those that another one overrides: first the
    /// credentials file's, then the config file's, each in file order.
    public var writtenKeys: [PlaintextKeyEntry] { [credentials, config].flatMap { $0?.writtenKeys ?? [] } }

    /// The profiles with a line of a plaintext key, each once: first the credentials file's, then the config file's,
    /// each in file order.
    public var plaintextProfiles: [String] {
        var seen: Set<String> = []
        return [credentials, config].flatMap { $0?.plaintextProfiles ?? [] }.filter { seen.insert($0).inserted }
    }

    /// Keys in sections that are no profile's: `[foo]` in the config file, and names that are not UTF-8 or have a NUL.
    public var strayKeys: [StrayKey] { [credentials, config].flatMap { $0?.strayKeys ?? [] } }
}

extension ProfileFile {
    /// The lines of a plaintext key in one section, without those that have no value.
    private struct KeyLines {
        let section: Section
        /// Nil if it is not UTF-8, or has a NUL.
        let name: String?
        let identifiers: [Property]
        let first: Property

        var isOfProfile: Bool { section.kind == .profile || section.kind == .bareDefault }
    }

    private static let identifier = PropertyName("aws_access_key_id")
    private static let secret = PropertyName("aws_secret_access_key")

    /// In file order.
    private var keyLines: [KeyLines] {
        withText { text in
            sections.compactMap { section in
                var properties: [Property] = []
                text.read(section, inCredentials: kind == .credentials, into: &properties)
                let written = properties.filter { !$0.isOwn && !text.isEmpty($0) }
                let identifiers = written.filter { text.isNamed($0, Self.identifier) }
                guard let first = identifiers.first ?? written.first(where: { text.isNamed($0, Self.secret) }) else {
                    return nil
                }
                let name = text.string(Int(section.nameStart)..<Int(section.nameEnd))
                return KeyLines(section: section, name: name, identifiers: identifiers, first: first)
            }
        } ?? []
    }

    fileprivate var writtenKeys: [PlaintextKeyEntry] {
        keyLines.filter(\.isOfProfile).flatMap { lines in
            lines.identifiers.compactMap { property in
                guard let name = lines.name, case .some(.some(let text)) = withText({ $0.string(of: property) }) else {
                    return nil
                }
                return PlaintextKeyEntry(profile: name, accessKeyID: text, origin: origin(property.line))
            }
        }
    }

    fileprivate var plaintextProfiles: [String] { keyLines.filter(\.isOfProfile).compactMap(\.name) }

    fileprivate var strayKeys: [StrayKey] {
        keyLines.filter { !$0.isOfProfile || $0.name == nil }.map { lines in
            let word =
                switch lines.section.kind {
                case .ssoSession: "sso-session "
                case .services: "services "
                default: ""
                }
            let heading = lines.section.kind == .other ? lines.name.flatMap { profileHeading(meantBy: $0) } : nil
            return StrayKey(
                header: lines.name.map { word + $0 }, heading: heading, origin: origin(lines.first.line))
        }
    }
}
