import Secrets

/// A profile for a stored key, not yet written into the config file.
public struct NewProfile: Sendable {
    private let name: String
    /// The lines of its section, without their ends.
    public let lines: [String]

    /// Composes the section; settings that are nil are omitted.
    ///
    /// - Parameter program: warder's absolute path.
    public init(name: String, region: String?, mfaSerial: String?, program: String) throws(EditingError) {
        self.name = name
        let command = try WarderCommand.text(program: program, profile: name)
        var lines = [name == "default" ? "[default]" : "[profile \(name)]"]
        if let region { lines.append("region = " + region) }
        if let mfaSerial { lines.append("mfa_serial = " + mfaSerial) }
        self.lines = lines + ["credential_process = " + command]
    }

    /// The text of the config file with the profile appended; all present bytes stay unchanged.
    ///
    /// - Parameter file: nil if there is no file yet.
    public func added(to file: ProfileFile?) -> SecretBytes {
        var text = SecretBytes(capacity: 256)
        guard let file, file.append(to: &text) else {
            text.append(section("\n"))
            return text
        }
        let ending = file.lineEnding
        switch text[text.count - 1] {
        case UInt8(ascii: "\n"): break
        // Half of a CRLF: a second carriage return would be part of the line.
        case UInt8(ascii: "\r"): text.append("\n")
        default: text.append(ending)
        }
        text.append(ending + section(ending))
        return text
    }

    private func section(_ lineEnding: String) -> String { lines.map { $0 + lineEnding }.joined() }
}

extension ProfileFile {
    /// Appends the whole text; false if there is none.
    fileprivate func append(to text: inout SecretBytes) -> Bool {
        text.append(edited([]))
        return !text.isEmpty
    }

    /// The line end of the last line that has one.
    fileprivate var lineEnding: String { withText { $0.lineEnding(before: $0.count) } ?? "\n" }
}
