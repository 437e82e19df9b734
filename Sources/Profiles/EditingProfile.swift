import Text

/// A setting of a section to be edited.
struct EditableSetting {
    /// In lowercase, without `warder_`.
    let key: String
    let isOwn: Bool
    /// The offset of its name, `warder_` included.
    let start: Int
    /// Its first line and a line end: the one after it or, at the end of a file without one there, the one before.
    let line: Range<Int>
    /// Where its name and its value are.
    let property: Property
    let origin: Origin
    /// The profile that it requests from warder, if it is a `credential_process` that does so.
    let asked: String?
}

/// The comment that records what `adopt` changed, so that undoing it reverts only that.
struct AdoptionMark {
    /// How the comment begins.
    static let prefix = "# adopted by warder:"
    /// Records that warder's command was added.
    static let added = addition + "credential_process"
    /// Before the name of a setting that was added.
    static let addition = "+"
    /// Records that another program's command was made a comment.
    static let replaced = "#credential_process"
    /// What makes it one.
    static let replacement = "# replaced by warder: "

    /// The settings that were renamed, in lowercase, and `added` if the command was.
    let keys: [String]
    /// The offset of the comment's line.
    let start: Int
    /// The offset after its last word.
    let end: Int
    /// As in `EditableSetting`.
    let line: Range<Int>

    /// Whether a newer version recorded what this one cannot undo. It names settings by their letters and digits.
    var isOfNewerVersion: Bool {
        !keys.allSatisfy { key in
            let name = key.removingPrefix(Self.addition) ?? Substring(key)
            return key.isSame(as: Self.replaced)
                || name.utf8.allSatisfy {
                    isLowercaseOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                }
        }
    }

    /// Whether its line is the file's last and has no line end.
    var isOpen: Bool { line.lowerBound < start }
}

/// The sections that make up one profile in one file.
struct EditableProfile {
    let settings: [EditableSetting]
    /// Nil if the profile was not adopted.
    let mark: AdoptionMark?
    /// Where the line of another program's command begins that was made a comment; nil if there is none.
    let replaced: Int?
    /// Whether the first header's line is the file's last and has no line end.
    let isOpen: Bool
    /// The offset after that line.
    let top: Int
    /// That line's end, or the one that it would get.
    let lineEnding: String
    /// The indentation of the next line below what `adopt` adds: if warder's command had less, that line would be read
    /// as its continuation.
    let indentation: String

    /// The settings that SDKs act on before they reach `credential_process`, or send to the service when they do.
    static let keys: Set<String> = [
        "role_arn", "source_profile", "credential_source", "mfa_serial", "external_id", "role_session_name",
        "duration_seconds", "web_identity_token_file", "sso_session", "sso_account_id", "sso_role_name",
        "sso_start_url", "sso_region", "login_session", "credential_process",
    ]

    /// Nil if the file has no such section.
    init?(_ kind: Section.Kind, _ name: String, in file: ProfileFile, _ index: SectionIndex?) {
        guard case .some(.some(let profile)) = file.withText({ Self($0, kind, name, in: file, index) }) else {
            return nil
        }
        self = profile
    }

    private init?(_ text: FileBytes, _ kind: Section.Kind, _ name: String, in file: ProfileFile, _ index: SectionIndex?)
    {
        let sections =
            if let index { file.sections(kind, name, index) } else {
                file.sections.filter { $0.kind == kind && text.string(Int($0.nameStart)..<Int($0.nameEnd)) == name }
            }
        guard let first = sections.first else { return nil }
        let next = Int(first.bodyStart)
        lineEnding = text.lineEnding(before: next)
        isOpen = text.lineStart(next) != next
        top = isOpen ? text.contentEnd(from: 0, lineFeed: next) : next
        let settings = sections.flatMap { section in
            var properties: [Property] = []
            text.read(section, inCredentials: file.kind == .credentials, into: &properties)
            return properties.map { text.setting($0, in: file) }
        }
        let starts = Set(settings.map(\.start))
        mark = sections.lazy.compactMap { text.mark(in: $0, settingsAt: starts) }.first
        replaced = mark == nil ? nil : sections.lazy.compactMap { text.replacedProgram(in: $0) }.first
        indentation = text.indentation(behind: mark?.line.upperBound ?? next)
        self.settings = settings
    }

    /// Those of `keys` that SDKs act on only beside another of them.
    private static let companions: Set<String> = ["mfa_serial", "external_id", "role_session_name", "duration_seconds"]

    /// Those of `keys` that SDKs act on, apart from warder's command.
    var exposed: [EditableSetting] {
        let seen = settings.filter { !$0.isOwn && $0.asked == nil && Self.keys.contains($0.key) }
        return seen.allSatisfy { Self.companions.contains($0.key) } ? [] : seen
    }

    /// The same without another program's command.
    var exposedBesideProgram: [EditableSetting] {
        let seen = exposed.filter { $0.key != "credential_process" }
        return seen.allSatisfy { Self.companions.contains($0.key) } ? [] : seen
    }

    /// Those of `keys` that only warder sees.
    var hidden: [EditableSetting] { settings.filter { $0.isOwn && Self.keys.contains($0.key) } }

    /// Every occurrence of warder's command.
    var commands: [EditableSetting] { settings.filter { !$0.isOwn && $0.asked != nil } }

    /// A line with a plaintext key, or with half of one.
    var plaintextKey: Origin? {
        settings.first { !$0.isOwn && ($0.key == "aws_access_key_id" || $0.key == "aws_secret_access_key") }?.origin
    }
}

extension FileBytes {
    fileprivate func setting(_ property: Property, in file: ProfileFile) -> EditableSetting {
        let name = Int(property.nameStart)..<Int(property.nameEnd)
        let key = String(decoding: name.map { lowercase(self[$0]) }, as: UTF8.self)
        // warder never writes a command on more than one line.
        let isCommand = key == "credential_process" && pieces(of: property).count == 1
        let command = isCommand ? string(of: property) : nil
        let start = name.lowerBound - (property.isOwn ? 7 : 0)
        return EditableSetting(
            key: key, isOwn: property.isOwn, start: start, line: line(start), property: property,
            origin: file.origin(property.line), asked: command.flatMap { WarderCommand.profile(askedBy: $0) })
    }

    /// The comment of `adopt`, if the section has one. One in the middle of a value is none: what would be added below it
    /// would become part of that value.
    ///
    /// - Parameter starts: where the profile's settings begin.
    fileprivate func mark(in section: Section, settingsAt starts: Set<Int>) -> AdoptionMark? {
        var position = Int(section.bodyStart)
        while position < Int(section.bodyEnd) {
            let end = contentEnd(from: position, lineFeed: lineFeed(from: position))
            let first = skipBlanks(position, end)
            let text = String(decoding: (first..<max(first, end)).map { self[$0] }, as: UTF8.self)
            let isMark = text.begins(with: AdoptionMark.prefix)
            if isMark, !isInsideValue(nextLine(position), Int(section.bodyEnd), settingsAt: starts) {
                let keys = text.dropFirst(AdoptionMark.prefix.count).split(separator: " ").map { $0.lowercased() }
                return AdoptionMark(keys: keys, start: position, end: end, line: line(position))
            }
            position = nextLine(position)
        }
        return nil
    }

    /// The offset of a comment that holds another program's command.
    fileprivate func replacedProgram(in section: Section) -> Int? {
        var position = Int(section.bodyStart)
        while position < Int(section.bodyEnd) {
            let first = skipBlanks(position, contentEnd(from: position, lineFeed: lineFeed(from: position)))
            if begins(with: "# replaced by warder:", first, Int(section.bodyEnd)) { return first }
            position = nextLine(position)
        }
        return nil
    }

    /// The indentation of the first line from `offset` on that is neither blank nor a comment.
    fileprivate func indentation(behind offset: Int) -> String {
        content(behind: offset).flatMap { string($0) } ?? ""
    }

    /// Whether the first line from `offset` on that is neither blank nor a comment continues a value.
    private func isInsideValue(_ offset: Int, _ sectionEnd: Int, settingsAt starts: Set<Int>) -> Bool {
        guard let next = content(behind: offset), next.upperBound < sectionEnd else { return false }
        return !starts.contains(next.upperBound)
    }

    /// The indentation of the first line from `offset` on that is neither blank nor a comment; its content follows.
    private func content(behind offset: Int) -> Range<Int>? {
        var position = offset
        while position < count {
            let end = contentEnd(from: position, lineFeed: lineFeed(from: position))
            let first = skipBlanks(position, end)
            if first < end, !isCommentMark(self[first]) { return position..<first }
            position = nextLine(position)
        }
        return nil
    }

    private func line(_ offset: Int) -> Range<Int> {
        let start = lineStart(offset)
        let feed = lineFeed(from: start)
        if feed < count { return start..<feed + 1 }
        return start - lineEnding(before: start).utf8.count..<contentEnd(from: start, lineFeed: feed)
    }
}
