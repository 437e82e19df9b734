extension ProfileSet {
    /// The edits that make a profile use warder, in the config file: each setting that SDKs act on is renamed to
    /// `warder_…`, and a `credential_process` that runs `program` is added below the first header, under a comment that
    /// records the changes. Empty if all of that is already done.
    public func adopting(_ name: String, program: String) throws(EditingError) -> [Edit] {
        let profiles = try editable(name)
        let command = try WarderCommand.text(program: program, profile: name)
        let credentials = credentials.flatMap { EditableProfile(.profile, name, in: $0, credentialsIndex) }
        for profile in profiles {
            if let origin = profile.plaintextKey ?? credentials?.plaintextKey { throw .plaintextKey(origin) }
            try check(profile, credentials, name)
        }
        if let origin = try? includedProgram(name) { throw .includedProgram(origin) }
        return profiles.flatMap { $0.adopting(command) }.inOrder
    }

    /// The edits that make a profile use warder once its plaintext key is gone: warder's command, and `settings`, which
    /// are warder's own, below the first header. What SDKs would act on before the command is hidden from them as by
    /// `adopting`. Empty if all of that is there.
    ///
    /// - Parameters:
    ///   - settings: names, in lowercase and with `warder_`, and values.
    ///   - replaces: another program's command becomes a comment, so that warder does not go by it either.
    public func serving(
        _ name: String, program: String, settings: [(key: String, value: String)], replaces: Bool = false
    ) throws(EditingError) -> [Edit] {
        let profiles = try editable(name)
        let command = try WarderCommand.text(program: program, profile: name)
        let credentials = credentials.flatMap { EditableProfile(.profile, name, in: $0, credentialsIndex) }
        for profile in profiles { try check(profile, credentials, name) }
        if let origin = try? includedProgram(name) { throw .includedProgram(origin) }
        return profiles.flatMap { profile in
            profile.exposed.isEmpty && profile.mark == nil
                ? profile.adding(command, settings) : profile.adopting(command, settings, replaces: replaces)
        }.inOrder
    }

    /// The edits that undo `adopting`, as recorded in its comment in the profile. Empty if there is no such comment.
    public func releasing(_ name: String) throws(EditingError) -> [Edit] {
        var edits: [Edit] = []
        for profile in try editable(name) {
            guard let mark = profile.mark else { continue }
            if mark.isOfNewerVersion { throw .adoptedByNewer(origin(of: mark, in: name)) }
            let renamed = profile.hidden.filter { mark.keys.contains($0.key) }
            try checkTwins(profile.settings.filter { !$0.isOwn && $0.asked == nil }, renamed)
            edits += renamed.map { Edit(offset: $0.start, removed: 7, inserted: "") }
            if let replaced = profile.replaced, mark.keys.contains(AdoptionMark.replaced) {
                edits.append(Edit(offset: replaced, removed: AdoptionMark.replacement.utf8.count, inserted: ""))
            }
            edits += profile.removing(mark)
        }
        return edits.inOrder
    }

    /// Whether `adopting` has changed the profile.
    public func isAdopted(_ name: String) -> Bool {
        ((try? editable(name)) ?? []).contains { $0.mark != nil }
    }

    /// The profile's sections in the config file. `[default]` and `[profile default]` are edited separately, since SDKs
    /// differ in which of the two they read.
    func editable(_ name: String) throws(EditingError) -> [EditableProfile] {
        guard let profile = profile(name) else {
            if let origin = passedOver(name) { throw .passedOver(profile: name, origin) }
            if let misnamed = misnamed(name) { throw .misnamed(profile: name, misnamed) }
            throw .noSuchProfile(name)
        }
        let kinds: [Section.Kind] = name == "default" ? [.profile, .bareDefault] : [.profile]
        let found = config.map { file in kinds.compactMap { EditableProfile($0, name, in: file, configIndex) } } ?? []
        guard !found.isEmpty else { throw .onlyInCredentials(profile: name, profile.origin) }
        return found
    }

    /// Throws if a setting that SDKs act on cannot be hidden from them.
    private func check(
        _ profile: EditableProfile, _ credentials: EditableProfile?, _ name: String
    ) throws(EditingError) {
        if let seen = credentials?.exposed.first { throw .inCredentials(key: seen.key, seen.origin) }
        try checkTwins(profile.exposed, profile.hidden + (credentials?.hidden ?? []))
        let commands = profile.commands + (credentials?.commands ?? [])
        if let other = commands.first(where: { $0.asked != name }), let asked = other.asked {
            throw .anotherProfile(asked: asked, other.origin)
        }
        if !commands.isEmpty, let other = profile.exposed.first(where: { $0.key == "credential_process" }) {
            throw .twoPrograms(other.origin)
        }
    }

    /// The line of a comment in the config file.
    private func origin(of mark: AdoptionMark, in profile: String) -> Origin {
        let number = config.flatMap { file in
            file.withText { text in (0..<mark.start).count { text[$0] == UInt8(ascii: "\n") } }
        }
        return config?.origin(UInt32(clamping: (number ?? 0) + 1)) ?? Origin(path: profile, line: 1)
    }

    private func checkTwins(_ exposed: [EditableSetting], _ hidden: [EditableSetting]) throws(EditingError) {
        for setting in exposed {
            guard let twin = hidden.first(where: { $0.key == setting.key }) else { continue }
            throw .twin(key: setting.key, setting.origin, own: twin.origin)
        }
    }

    /// The line of another program's `credential_process` in a profile that this one includes.
    private func includedProgram(_ name: String) throws(ProfileError) -> Origin? {
        guard let profile = profile(name), try profile.local(Self.process, Self.process.name) == nil,
            let command = try profile.setting(Self.process.name), WarderCommand.profile(askedBy: command.value) == nil
        else { return nil }
        return command.origin
    }

    private static let process = PropertyName("credential_process")
}

extension EditableProfile {
    /// The edits that hide the settings, add warder's command and settings of its own, and record all that in a comment.
    fileprivate func adopting(
        _ command: String, _ settings: [(key: String, value: String)] = [], replaces: Bool = false
    ) -> [Edit] {
        var keys: [String] = []
        let programs = replaces ? exposed.filter { $0.key == "credential_process" } : []
        let exposed = replaces ? exposedBesideProgram : self.exposed
        for setting in exposed where !keys.contains(setting.key) { keys.append(setting.key) }
        let own = missing(settings)
        let adds = commands.isEmpty
        guard adds || !keys.isEmpty || !own.isEmpty else { return [] }
        if !programs.isEmpty { keys.append(AdoptionMark.replaced) }
        let renamings =
            exposed.map { Edit(offset: $0.start, removed: 0, inserted: "warder_") }
            + programs.map { Edit(offset: $0.start, removed: 0, inserted: AdoptionMark.replacement) }
        keys += own.map { AdoptionMark.addition + $0.key }
        if adds { keys.append(AdoptionMark.added) }
        let lines = lines(own, adds ? command : nil)
        if let mark {
            let fresh = keys.filter { !mark.keys.contains($0) }.map { " " + $0 }.joined()
            let noted = Edit(offset: mark.end, removed: 0, inserted: fresh)
            let text = lines.joined(separator: lineEnding)
            let added = Edit(
                offset: mark.line.upperBound, removed: 0, inserted: mark.isOpen ? lineEnding + text : text + lineEnding)
            return (lines.isEmpty ? [noted] : [noted, added]) + renamings
        }
        return [inserting([indentation + AdoptionMark.prefix + " " + keys.joined(separator: " ")] + lines)] + renamings
    }

    /// The edit that adds warder's command and settings of its own, as far as they are missing.
    fileprivate func adding(_ command: String, _ settings: [(key: String, value: String)]) -> [Edit] {
        let lines = lines(missing(settings), commands.isEmpty ? command : nil)
        return lines.isEmpty ? [] : [inserting(lines)]
    }

    private func missing(_ own: [(key: String, value: String)]) -> [(key: String, value: String)] {
        own.filter { wanted in
            !settings.contains { $0.isOwn && wanted.key == "warder_" + $0.key }
        }
    }

    private func lines(_ own: [(key: String, value: String)], _ command: String?) -> [String] {
        own.map { indentation + $0.key + " = " + $0.value }
            + (command.map { [indentation + "credential_process = " + $0] } ?? [])
    }

    /// The edit that inserts lines below the header.
    private func inserting(_ lines: [String]) -> Edit {
        let text = lines.joined(separator: lineEnding)
        return Edit(offset: top, removed: 0, inserted: isOpen ? lineEnding + text : text + lineEnding)
    }

    /// Removes the comment, and what was added.
    fileprivate func removing(_ mark: AdoptionMark) -> [Edit] {
        var end = mark.line.upperBound
        var apart: [Edit] = []
        for setting in settings where setting.isOwn {
            guard mark.keys.contains(AdoptionMark.addition + "warder_" + setting.key) else { continue }
            if setting.line.lowerBound == end {
                end = setting.line.upperBound
            } else {
                apart.append(Edit(offset: setting.line.lowerBound, removed: setting.line.count, inserted: ""))
            }
        }
        var range = mark.start..<end
        if mark.isOpen { range = mark.line }
        if mark.keys.contains(AdoptionMark.added),
            let command = commands.first(where: { $0.line.lowerBound >= mark.end && $0.line.lowerBound <= end })
        {
            // At the end of a file without a final line end, `adopt` added the one before the comment.
            let isLast = command.line.lowerBound < end
            range = (isLast ? mark.start - lineEnding.utf8.count : mark.start)..<command.line.upperBound
        }
        return apart + [Edit(offset: range.lowerBound, removed: range.count, inserted: "")]
    }
}

extension [Edit] {
    /// In file order; two edits at one place keep their order.
    public var inOrder: [Edit] {
        enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }.map(\.element)
    }
}
