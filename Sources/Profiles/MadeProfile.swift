import Text

/// A profile that `warder profiles` made: a section of the config file with a mark of its own.
public struct MadeProfile: Sendable {
    /// The setting that marks such a section; its value is the name of the `sso-session`.
    public static let mark = "warder_from_sso"

    /// The profile's name.
    public let name: String
    /// `warder_sso_account_id`.
    public let accountID: String
    /// `warder_sso_role_name`.
    public let role: String

    let section: Section
    let properties: [Property]
}

extension ProfileFile {
    /// The profiles that were made from an `sso-session`, in file order. A section without account or role is not one
    /// of them. Takes time in proportion to the file's length.
    public func made(from session: String) -> [MadeProfile] {
        withText { text in
            sections.compactMap { section in section.kind == .profile ? text.made(section, from: session) : nil }
        } ?? []
    }

    /// The edits that make a profile of that name what it should be: its name, its sign-in and its command. Settings of
    /// the user's own stay, and so does a region that the profile has. Empty if all of that is so.
    ///
    /// - Parameters:
    ///   - region: for a profile without one; nil to add none.
    ///   - program: warder's absolute path.
    public func updating(
        _ made: MadeProfile, to name: String, session: String, region: String?, program: String
    ) throws(EditingError) -> [Edit] {
        let command = try WarderCommand.text(program: program, profile: name)
        return withText { text in
            var edits: [Edit] = []
            if name != made.name {
                let old = Int(made.section.nameStart)..<Int(made.section.nameEnd)
                edits.append(Edit(offset: old.lowerBound, removed: old.count, inserted: name))
            }
            var lines: [String] = []
            func set(_ key: String, _ value: String, unless isRight: (String) -> Bool) {
                guard let property = text.last(key, in: made.properties) else {
                    return lines.append(key + " = " + value)
                }
                guard text.string(of: property).map(isRight) != true else { return }
                edits.append(text.replacingValue(of: property, with: value))
            }
            set("warder_sso_session", session) { $0 == session }
            set("credential_process", command) { WarderCommand.profile(askedBy: $0) == name }
            if let region, text.last("region", in: made.properties) == nil,
                text.last("warder_region", in: made.properties) == nil
            {
                lines.append("region = " + region)
            }
            if let edit = text.adding(lines, below: made) { edits.append(edit) }
            return edits.inOrder
        } ?? []
    }

    /// The edits that remove profiles, each from its header to its last setting and with the empty line above it. What
    /// `appendingAtEnd` made of a file is undone to the byte. Comments below the last setting stay.
    public func removing(_ profiles: [MadeProfile]) -> [Edit] {
        withText { text in profiles.map { text.removing($0) }.inOrder } ?? []
    }

    /// The edits that append profiles to a file, whose last line end, or the lack of one, stays its last.
    public func appendingAtEnd(_ profiles: [NewProfile]) -> [Edit] {
        let isOpen = withText { $0.count > 0 && $0[$0.count - 1] != UInt8(ascii: "\n") } ?? false
        guard isOpen, !profiles.isEmpty else { return appending(profiles) }
        return withText { text in
            let end = text.contentEnd(from: 0, lineFeed: text.count)
            let ending = text.lineEnding(before: text.count)
            let inserted = profiles.map { ending + ending + $0.lines.joined(separator: ending) }.joined()
            return [Edit(offset: end, removed: 0, inserted: inserted)]
        } ?? []
    }
}

extension FileBytes {
    fileprivate func made(_ section: Section, from session: String) -> MadeProfile? {
        let name = Int(section.nameStart)..<Int(section.nameEnd)
        guard !name.isEmpty, name.allSatisfy({ isNameByte(self[$0]) }), let name = string(name) else { return nil }
        var properties: [Property] = []
        read(section, inCredentials: false, into: &properties)
        guard value(MadeProfile.mark, in: properties) == session,
            let account = value("warder_sso_account_id", in: properties), !account.isEmpty,
            let role = value("warder_sso_role_name", in: properties), !role.isEmpty
        else { return nil }
        return MadeProfile(name: name, accountID: account, role: role, section: section, properties: properties)
    }

    private func value(_ key: String, in properties: [Property]) -> String? {
        last(key, in: properties).flatMap { string(of: $0) }
    }

    /// The effective setting of exactly that name, even if it is empty.
    fileprivate func last(_ key: String, in properties: [Property]) -> Property? {
        let isOwn = key.begins(with: "warder_")
        let name = PropertyName(isOwn ? String(key.dropFirst(7)) : key)
        return properties.last { $0.isOwn == isOwn && isNamed($0, name) }
    }

    /// The offset after the last line of a setting, its line end and a comment on it apart from blank lines and comments
    /// below it.
    fileprivate func end(of property: Property) -> Int {
        var position = Int(property.valueStart)
        var last = position
        while position < Int(property.end) {
            let end = contentEnd(from: position, lineFeed: lineFeed(from: position))
            let first = skipBlanks(position, end)
            if position == Int(property.valueStart) || first < end && !isCommentMark(self[first]) { last = end }
            position = nextLine(position)
        }
        return last
    }

    fileprivate func replacingValue(of property: Property, with text: String) -> Edit {
        let pieces = pieces(of: property)
        if pieces.count == 1, !pieces[0].isEmpty {
            return Edit(offset: pieces[0].lowerBound, removed: pieces[0].count, inserted: text)
        }
        let start = Int(property.valueStart)
        return Edit(offset: start, removed: end(of: property) - start, inserted: " " + text)
    }

    /// The edit that adds lines below the last setting of a profile; nil for none.
    fileprivate func adding(_ lines: [String], below made: MadeProfile) -> Edit? {
        guard !lines.isEmpty, let last = made.properties.last else { return nil }
        let end = end(of: last)
        let ending = lineEnding(before: Int(made.section.bodyStart))
        let feed = lineFeed(from: end)
        guard feed < count else {
            return Edit(offset: end, removed: 0, inserted: lines.map { ending + $0 }.joined())
        }
        return Edit(offset: feed + 1, removed: 0, inserted: lines.map { $0 + ending }.joined())
    }

    fileprivate func removing(_ made: MadeProfile) -> Edit {
        let start = headerStart(made.section)
        let header = contentEnd(from: start, lineFeed: lineFeed(from: start))
        let end = made.properties.last.map { self.end(of: $0) } ?? header
        let above = lineEndStart(before: start)
        let isBelowBlank = above.map { $0 == 0 || self[$0 - 1] == UInt8(ascii: "\n") } ?? false
        let isOpen = self[count - 1] != UInt8(ascii: "\n")
        if isOpen, let above {
            // The file's last line stays one without a line end: the line ends above go in place of those below.
            let first = isBelowBlank ? lineEndStart(before: above) ?? above : above
            return Edit(offset: first, removed: end - first, inserted: "")
        }
        let first = isBelowBlank ? above ?? start : start
        return Edit(offset: first, removed: nextLine(end) - first, inserted: "")
    }

    /// The offset of the line end before `offset`, which begins a line; nil at the start of the file.
    private func lineEndStart(before offset: Int) -> Int? {
        guard offset > 0, self[offset - 1] == UInt8(ascii: "\n") else { return nil }
        return offset > 1 && self[offset - 2] == UInt8(ascii: "\r") ? offset - 2 : offset - 1
    }
}
