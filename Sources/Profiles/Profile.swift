import Secrets

/// A profile, an SSO session or a group of services: the settings of all its sections in both files.
///
/// If a setting occurs more than once, the credentials file overrides the config file, and a later line an earlier one
/// in the same file. An empty value counts as unset, and also cancels a setting that it overrides.
public final class Profile: Sendable {
    /// The name, without `profile`.
    public let name: String
    /// The line of its first header, in the config file if that has one.
    public let origin: Origin

    private let files: ProfileSet
    private let properties: [Property]
    /// The profile that `include_profile` names, then the one that this includes, and so on.
    private let included: [Profile]
    /// Why `include_profile` cannot be followed; thrown when a setting is read.
    private let includeFault: ProfileError?

    init(
        name: String, origin: Origin, files: ProfileSet, properties: [Property], included: [Profile] = [],
        includeFault: ProfileError? = nil
    ) {
        self.name = name
        self.origin = origin
        self.files = files
        self.properties = properties
        self.included = included
        self.includeFault = includeFault
    }

    /// Whether `word`, the first of a `credential_process`, runs warder itself under another name. Reads files.
    public func isWarderItself(_ word: String) -> Bool { files.runsItself(word) }

    /// The same profile, with what it includes.
    func including(_ included: [Profile], fault: ProfileError?) -> Profile {
        Profile(
            name: name, origin: origin, files: files, properties: properties, included: included, includeFault: fault)
    }

    /// Whether the profile may have this setting; false is certain.
    func mayHave(_ name: PropertyName) -> Bool { properties.contains { $0.hash == name.hash } }

    /// The value of a setting, for warder: `warder_<key>` if set, otherwise `<key>`, otherwise the same in the profile
    /// that `include_profile` names. `key` is in lowercase.
    ///
    /// Throws if the value is not UTF-8 or contains a NUL byte, or if `include_profile` names a missing profile or
    /// forms a cycle.
    public func setting(_ key: String) throws(ProfileError) -> Setting? {
        if let includeFault { throw includeFault }
        let name = PropertyName(key)
        if let nearest = nearest(name) { return try read(nearest, key) }
        for profile in included {
            if let nearest = profile.nearest(name) { return try profile.read(nearest, key) }
        }
        return nil
    }

    /// The value of `warder_<key>` in this profile or in the one that it includes: for warder's own settings, where
    /// SDKs would give `<key>` another meaning. Throws as `setting` does.
    public func own(_ key: String) throws(ProfileError) -> Setting? {
        if let includeFault { throw includeFault }
        let name = PropertyName(key)
        if let latest = latest(name, isOwn: true) { return try read(latest, key) }
        for profile in included {
            if let latest = profile.latest(name, isOwn: true) { return try profile.read(latest, key) }
        }
        return nil
    }

    /// The first `warder_…` setting of this profile, or of those that it includes, that is not among `known`: its whole
    /// name, in lowercase.
    public func unknownOwn(_ known: OwnSettings) -> (key: String, origin: Origin)? {
        for property in properties where property.isOwn && !known.contains(property.hash) {
            guard let file = file(of: property) else { continue }
            let range = Int(property.nameStart) - 7..<Int(property.nameEnd)
            let name = file.withText { text in String(decoding: range.map { lowercase(text[$0]) }, as: UTF8.self) }
            return (name ?? "", file.origin(property.line))
        }
        for profile in included {
            if let found = profile.unknownOwn(known) { return found }
        }
        return nil
    }

    /// The value of exactly `key`, in lowercase, as an SDK reads it: without the prefix and without included profiles.
    /// Throws if it is not UTF-8 or contains a NUL byte.
    public func plain(_ key: String) throws(ProfileError) -> Setting? {
        let name = PropertyName(key)
        return try read(latest(name, isOwn: name.isOwn), key)
    }

    /// The same as written, even if it is empty.
    package func written(_ key: String) throws(ProfileError) -> Setting? {
        let name = PropertyName(key)
        return try latest(name, isOwn: name.isOwn).flatMap { (property) throws(ProfileError) in
            try text(of: property, key)
        }
    }

    /// Where exactly `key`, in lowercase, is written, even if it is empty; does not read its value.
    package func mention(of key: String) -> Origin? {
        let name = PropertyName(key)
        guard let property = latest(name, isOwn: name.isOwn) else { return nil }
        return file(of: property)?.origin(property.line)
    }

    /// The lines of the setting that counts of exactly `key`, in lowercase, even if it is empty.
    package func lines(of key: String) -> ClosedRange<Int>? {
        let name = PropertyName(key)
        guard let property = latest(name, isOwn: name.isOwn) else { return nil }
        return file(of: property)?.withText { $0.lines(of: property) }
    }

    /// The first setting of this profile itself whose name is probably a misspelling of `key`.
    public func misspelling(of key: String) -> Misspelling? {
        for property in properties {
            guard let file = file(of: property) else { continue }
            let range = Int(property.nameStart) - (property.isOwn ? 7 : 0)..<Int(property.nameEnd)
            let said = file.withText { text in String(decoding: range.map { lowercase(text[$0]) }, as: UTF8.self) }
            if let said, isMisspelling(said, of: key) {
                return Misspelling(said: said, meant: key, origin: file.origin(property.line))
            }
        }
        return nil
    }

    /// Where exactly `key`, in lowercase, is set; does not read its value.
    public func origin(of key: String) -> Origin? {
        let name = PropertyName(key)
        guard let property = latest(name, isOwn: name.isOwn), let file = file(of: property),
            file.withText({ $0.isEmpty(property) }) == false
        else { return nil }
        return file.origin(property.line)
    }

    /// The value of `sub` in the lines below `key`, as in `services`: `sts =`, and below it `endpoint_url = …`. Both
    /// are in lowercase, without the prefix. Throws if it is not UTF-8 or contains a NUL byte.
    public func nested(_ key: String, _ sub: String) throws(ProfileError) -> Setting? {
        let name = PropertyName(key)
        guard let property = latest(name, isOwn: name.isOwn), let file = file(of: property) else { return nil }
        let origin = file.origin(property.line)
        let found = file.withText { text -> (value: String?, line: UInt32)? in
            text.nested(sub, of: property).map { (text.string($0.value), $0.line) }
        }
        guard case .some(.some(let (value, line))) = found else { return nil }
        let subOrigin = Origin(path: origin.path, line: origin.line + Int(line))
        guard let value else { throw .unreadableValue(key: sub, subOrigin) }
        return value.isEmpty ? nil : Setting(value: value, origin: subOrigin)
    }

    /// The value of exactly `key`, in lowercase, which never becomes a `String`: without the prefix and included
    /// profiles.
    public func secret(_ key: String) -> SecretBytes? {
        let name = PropertyName(key)
        guard let property = latest(name, isOwn: name.isOwn), let file = file(of: property) else { return nil }
        let pieces = file.withText { $0.pieces(of: property) } ?? []
        return pieces.allSatisfy(\.isEmpty) ? nil : file.secret(pieces)
    }

    /// The names of its settings in lowercase, without those of included profiles, and without names that no SDK
    /// accepts: in file order, each once.
    public var keys: [String] {
        var seen: Set<String> = []
        var keys: [String] = []
        for property in properties {
            let start = Int(property.nameStart) - (property.isOwn ? 7 : 0)
            let key = file(of: property)?.withText { text -> String? in
                let range = start..<Int(property.nameEnd)
                guard range.allSatisfy({ isNameByte(text[$0]) }) else { return nil }
                return text.string(range)?.lowercased()
            }
            if case .some(.some(let key)) = key, seen.insert(key).inserted { keys.append(key) }
        }
        return keys
    }

    /// `warder_<key>`, otherwise `<key>`, ignoring included profiles.
    func local(_ name: PropertyName, _ key: String) throws(ProfileError) -> Setting? {
        try read(nearest(name), key)
    }

    private func nearest(_ name: PropertyName) -> Property? {
        latest(name, isOwn: true) ?? latest(name, isOwn: false)
    }

    private func file(of property: Property) -> ProfileFile? {
        property.inCredentials ? files.credentials : files.config
    }

    private func latest(_ name: PropertyName, isOwn: Bool) -> Property? {
        var index = properties.count
        while index > 0 {
            index &-= 1
            let property = properties[index]
            if property.hash == name.hash, property.isOwn == isOwn, isNamed(property, name) { return property }
        }
        return nil
    }

    /// Hashes alone would let an attacker write a file in which one setting passes for another.
    private func isNamed(_ property: Property, _ name: PropertyName) -> Bool {
        var word = name.name
        return word.withUTF8 { word in
            let rest = name.isOwn ? UnsafeBufferPointer(rebasing: word[7...]) : word
            return file(of: property)?.withText {
                $0.matches(rest, Int(property.nameStart), Int(property.nameEnd))
            } ?? false
        }
    }

    /// Nil also if nothing follows the `=`.
    private func read(_ property: Property?, _ key: String) throws(ProfileError) -> Setting? {
        guard let property, let setting = try text(of: property, key), !setting.value.isEmpty else { return nil }
        return setting
    }

    private func text(of property: Property, _ key: String) throws(ProfileError) -> Setting? {
        guard let file = file(of: property) else { return nil }
        let value = file.withText { $0.string(of: property) }
        guard case .some(.some(let value)) = value else {
            throw .unreadableValue(key: key, file.origin(property.line))
        }
        return Setting(value: value, origin: file.origin(property.line))
    }
}
