import Text

/// A section that is meant for a profile, but has a malformed header.
public struct MisnamedSection: Sendable, Equatable {
    /// The line of its header.
    public let origin: Origin
    /// The header that it should have.
    public let heading: String
}

extension ProfileSet {
    /// Every section that no SDK reads as a profile, but that was meant for one, as far as its header or its settings
    /// tell. Takes time in proportion to the files' length.
    package var misnamedSections: [MisnamedSection] {
        (config?.sectionsWithoutProfile ?? []) + (credentials?.profilesWithWord ?? [])
    }
}

extension ProfileFile {
    /// Settings that only a profile has; other programs keep sections of their own in the config file, such as
    /// `[plugins]` of the AWS CLI.
    private static let telling = [
        "role_arn", "source_profile", "credential_source", "credential_process", "include_profile", "mfa_serial",
        "web_identity_token_file", "sso_session", "sso_account_id", "sso_role_name", "login_session", "region",
        "aws_access_key_id", "aws_secret_access_key",
    ].map { PropertyName($0) }

    /// Sections of a config file without a kind, with settings of a profile.
    fileprivate var sectionsWithoutProfile: [MisnamedSection] {
        withText { text in
            sections.compactMap { section in
                guard section.kind == .other,
                    let said = text.string(Int(section.nameStart)..<Int(section.nameEnd)),
                    let heading = profileHeading(meantBy: said)
                else { return nil }
                var properties: [Property] = []
                text.read(section, inCredentials: false, into: &properties)
                let isTelling = properties.contains { property in
                    property.isOwn || Self.telling.contains { text.isNamed(property, $0) }
                }
                return isTelling ? MisnamedSection(origin: origin(section.line), heading: heading) : nil
            }
        } ?? []
    }

    /// `[profile abc]` in a credentials file, where the header of a profile is its name.
    fileprivate var profilesWithWord: [MisnamedSection] {
        withText { text in
            sections.compactMap { section in
                guard let said = text.string(Int(section.nameStart)..<Int(section.nameEnd)),
                    text.begins(with: "profile", Int(section.nameStart), Int(section.nameEnd)),
                    let name = meant(said), !name.isEmpty, name.utf8.allSatisfy(isNameByte)
                else { return nil }
                return MisnamedSection(origin: origin(section.line), heading: "[\(name)]")
            }
        } ?? []
    }

    /// The line of the first section of a config file whose header is a malformed `[word name]`.
    func misnamed(_ name: String, as word: String) -> UInt32? {
        withText { text -> UInt32? in
            for section in sections where section.kind == .other {
                let range = Int(section.nameStart)..<Int(section.nameEnd)
                if let said = text.string(range), Self.name(in: said, behind: word)?.isSame(as: name) == true {
                    return section.line
                }
            }
            return nil
        } ?? nil
    }

    /// The line of the first section whose header is a malformed one of the profile `name`.
    func misnamed(_ name: String) -> UInt32? {
        withText { text -> UInt32? in
            for section in sections where section.kind == (kind == .config ? .other : .profile) {
                let range = Int(section.nameStart)..<Int(section.nameEnd)
                guard let said = text.string(range), said != name || kind == .config else { continue }
                if said == name || meant(said) == name { return section.line }
            }
            return nil
        } ?? nil
    }

    /// How a section of the config file should be headed for the profile that its header seems to mean; nil if that is
    /// not the name of one.
    func profileHeading(meantBy header: String) -> String? {
        let name = meant(header) ?? header
        guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else { return nil }
        return name == "default" ? "[default]" : "[profile \(name)]"
    }

    private func meant(_ heading: String) -> String? {
        heading.lowercased() == "default" ? "default" : Self.name(in: heading, behind: "profile")
    }

    /// The text after `word`, in any case and with any separator, even if the word is plural, or if it is separated and
    /// misspelt.
    private static func name(in heading: String, behind word: String) -> String? {
        let scalars = heading.unicodeScalars
        if scalars.count > word.count,
            zip(scalars, word.unicodeScalars).allSatisfy({ $0.properties.lowercaseMapping == String($1) })
        {
            var rest = scalars.dropFirst(word.count)
            if let first = rest.first, first == "s" || first == "S", let next = rest.dropFirst().first,
                marks.contains(next)
            {
                rest.removeFirst()
            }
            return bare(rest)
        }
        for mark in scalars.indices where marks.contains(scalars[mark]) {
            if isMisspelling(String(scalars[..<mark]), of: word) { return bare(scalars[mark...]) }
        }
        return nil
    }

    /// Without punctuation before it and quotes after it.
    private static func bare(_ name: Substring.UnicodeScalarView) -> String {
        var name = name
        while let first = name.first, marks.contains(first) { name.removeFirst() }
        while let last = name.last, last == "\"" || last == "'" { name.removeLast() }
        return String(name)
    }

    private static let marks: Set<Unicode.Scalar> = [" ", "\t", ":", "=", "-", "_", ".", "/", "\"", "'"]
}
