import Secrets

/// A profile for a stored key, not yet written into the config file.
public struct NewProfile: Sendable {
    private let name: String
    /// The lines of its section, without their ends.
    public let lines: [String]

    /// Composes the section; settings that are nil are omitted.
    ///
    /// - Parameters:
    ///   - settings: of warder's own: names, with `warder_`, and values.
    ///   - program: warder's absolute path.
    public init(
        name: String, region: String? = nil, mfaSerial: String? = nil, settings: [(key: String, value: String)] = [],
        program: String
    ) throws(EditingError) {
        self.name = name
        let command = try WarderCommand.text(program: program, profile: name)
        let values = [("region", region), ("mfa_serial", mfaSerial)] + settings.map { ($0.key, $0.value) }
        for (key, value) in values where value?.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) == true {
            throw .unusableValue(key: key)
        }
        var lines = [name == "default" ? "[default]" : "[profile \(name)]"]
        if let region { lines.append("region = " + region) }
        if let mfaSerial { lines.append("mfa_serial = " + mfaSerial) }
        lines += settings.map { $0.key + " = " + $0.value }
        self.lines = lines + ["credential_process = " + command]
    }

    /// The text of the config file with the profile appended; all present bytes stay unchanged.
    ///
    /// - Parameter file: nil if there is no file yet.
    public func added(to file: ProfileFile?) -> SecretBytes {
        guard let file else {
            var text = SecretBytes(capacity: 256)
            text.append(section("\n"))
            return text
        }
        return file.edited(file.appending([self]))
    }

    fileprivate func section(_ lineEnding: String) -> String { lines.map { $0 + lineEnding }.joined() }
}

extension ProfileFile {
    /// The edits that append profiles to a config file.
    public func appending(_ profiles: [NewProfile]) -> [Edit] {
        guard !profiles.isEmpty else { return [] }
        let end = withText { $0.count == 0 ? nil : (offset: $0.count, last: $0[$0.count - 1]) }
        guard case .some(.some(let end)) = end else {
            return [Edit(offset: 0, removed: 0, inserted: profiles.map { $0.section("\n") }.joined(separator: "\n"))]
        }
        let ending = lineEnding
        let gap =
            switch end.last {
            case UInt8(ascii: "\n"): ""
            // Half of a CRLF: a second carriage return would be part of the line.
            case UInt8(ascii: "\r"): "\n"
            default: ending
            }
        let text = profiles.map { ending + $0.section(ending) }.joined()
        return [Edit(offset: end.offset, removed: 0, inserted: gap + text)]
    }

    /// The line end of the last line that has one.
    fileprivate var lineEnding: String { withText { $0.lineEnding(before: $0.count) } ?? "\n" }
}
