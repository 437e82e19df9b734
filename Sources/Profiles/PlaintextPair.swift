import Crypto
import Secrets
import Text

/// The long-term key that a profile has in plain text, in one file or in both.
public final class PlaintextPair: Sendable {
    /// The profile.
    public let profile: String
    /// Its id, which is not secret.
    public let accessKeyID: String
    /// Its secret access key.
    public let secret: SecretBytes
    /// The line of its id; the one in the credentials file if there are two.
    public let origin: Origin
    /// The files that hold it.
    public let files: [ProfileFile.Kind]

    /// A key of a profile that another program had.
    package init(
        profile: String, accessKeyID: String, secret: consuming SecretBytes, origin: Origin, files: [ProfileFile.Kind]
    ) {
        self.profile = profile
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.origin = origin
        self.files = files
    }

    /// Whether the other profile has exactly the same key.
    public func isSame(as other: PlaintextPair) -> Bool { isSame(as: other.accessKeyID, other.secret) }

    /// Whether it is exactly this key.
    public func isSame(as identifier: String, _ secret: borrowing SecretBytes) -> Bool {
        accessKeyID.isSame(as: identifier)
            && self.secret.withUnsafeBytes { own in secret.withUnsafeBytes { equalInConstantTime(own, $0) } }
    }
}

/// Why the lines of a profile are not one long-term key. No case carries a value from the file.
public enum PlaintextFault: Error, Equatable, Sendable {
    /// A session token stands beside it.
    case session(Origin)
    /// One of the two lines is missing, in the same file; the other's line.
    case half(missing: String, Origin)
    /// Two lines of the same setting differ.
    case different(key: String, Origin, Origin)
    /// A value goes on over the next lines.
    case severalLines(key: String, Origin)
    /// No SDK accepts the profile's name.
    case unusableName(Origin)
}

extension ProfileSet {
    /// The plaintext key of a profile; nil if there is no line of one.
    ///
    /// A profile may have it more than once, but only the same one each time: of two keys, one would be lost.
    public func plaintextPair(of name: String) throws(PlaintextFault) -> PlaintextPair? {
        var found: PlaintextPair?
        var lines: [(file: ProfileFile, settings: [EditableSetting])] = []
        for (file, index) in [(credentials, credentialsIndex), (config, configIndex)] {
            guard let file else { continue }
            let settings = file.editable(name, index).flatMap(\.settings).filter { !$0.isOwn && !file.isEmpty($0) }
            lines.append((file, settings))
        }
        let hasLines = lines.contains { $0.settings.contains { Self.halves.contains($0.key) } }
        guard hasLines else { return nil }
        for (_, settings) in lines {
            if let token = settings.first(where: { Self.tokens.contains($0.key) }) { throw .session(token.origin) }
        }
        for (file, settings) in lines {
            guard let pair = try Self.pair(of: name, in: file, settings) else { continue }
            guard let first = found else {
                found = pair
                continue
            }
            guard first.isSame(as: pair) else {
                throw .different(key: "aws_access_key_id", first.origin, pair.origin)
            }
            found = PlaintextPair(
                profile: name, accessKeyID: first.accessKeyID, secret: first.secret.copy(), origin: first.origin,
                files: first.files + pair.files)
        }
        guard let found else { return nil }
        guard profile(name) != nil else { throw .unusableName(found.origin) }
        return found
    }

    private static let halves = ["aws_access_key_id", "aws_secret_access_key"]
    private static let tokens = ["aws_session_token", "aws_security_token"]

    private static func pair(
        of name: String, in file: ProfileFile, _ settings: [EditableSetting]
    ) throws(PlaintextFault) -> PlaintextPair? {
        let identifiers = settings.filter { $0.key == halves[0] }
        let secrets = settings.filter { $0.key == halves[1] }
        guard let identifier = identifiers.first ?? secrets.first else { return nil }
        guard let secret = secrets.first else { throw .half(missing: halves[1], identifier.origin) }
        guard !identifiers.isEmpty else { throw .half(missing: halves[0], secret.origin) }
        for lines in [identifiers, secrets] {
            if let long = lines.first(where: { file.pieces(of: $0).count > 1 }) {
                throw .severalLines(key: long.key, long.origin)
            }
            if let other = lines.first(where: { !file.haveSameValue($0, lines[0]) }) {
                throw .different(key: other.key, lines[0].origin, other.origin)
            }
        }
        guard case .some(.some(let text)) = file.withText({ $0.string(of: identifier.property) }) else {
            throw .half(missing: halves[0], secret.origin)
        }
        return PlaintextPair(
            profile: name, accessKeyID: text, secret: file.secret(file.pieces(of: secret)), origin: identifier.origin,
            files: [file.kind])
    }
}

extension ProfileFile {
    /// The sections of a profile, as they are edited.
    fileprivate func editable(_ name: String, _ index: SectionIndex?) -> [EditableProfile] {
        let kinds: [Section.Kind] = name == "default" ? [.profile, .bareDefault] : [.profile]
        return kinds.compactMap { EditableProfile($0, name, in: self, index) }
    }

    fileprivate func pieces(of setting: EditableSetting) -> [Range<Int>] {
        withText { $0.pieces(of: setting.property) } ?? []
    }

    fileprivate func isEmpty(_ setting: EditableSetting) -> Bool { withText { $0.isEmpty(setting.property) } ?? true }

    fileprivate func haveSameValue(_ one: EditableSetting, _ other: EditableSetting) -> Bool {
        withText { text in
            text.pieces(of: one.property).elementsEqual(text.pieces(of: other.property)) { (one, other) in
                one.count == other.count && zip(one, other).allSatisfy { text[$0] == text[$1] }
            }
        } ?? false
    }
}

extension FileBytes {
    /// Whether a property without `warder_` has this name.
    func isNamed(_ property: Property, _ wanted: PropertyName) -> Bool {
        guard property.hash == wanted.hash else { return false }
        var word = wanted.name
        return word.withUTF8 { matches($0, Int(property.nameStart), Int(property.nameEnd)) }
    }
}
