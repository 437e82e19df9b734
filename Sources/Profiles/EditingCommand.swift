import Text

/// The `credential_process` that asks warder for a profile.
enum WarderCommand {
    /// The command that runs `program`, an absolute path.
    ///
    /// Some SDKs split it into words, and others pass it to a shell: it contains only what both treat alike.
    static func text(program: String, profile: String) throws(EditingError) -> String {
        guard !profile.begins(with: "-") else { throw .unusableName(profile) }
        guard program.begins(with: "/"), program.ends(with: "/warder"),
            program.unicodeScalars.allSatisfy({
                $0 == " " || $0.properties.isAlphabetic || "0123456789_./+-@%,=:".unicodeScalars.contains($0)
            })
        else { throw .unusableProgram(program) }
        return (program.holds(" ") ? "\"\(program)\"" : program) + " process " + profile
    }

    /// The profile that `command` requests from warder; nil if it runs another program, or names no profile.
    static func profile(askedBy command: String) -> String? {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var program = command.utf8.prefix { !isBlank($0) }
        if let quote = command.utf8.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            program = command.utf8.dropFirst().prefix { $0 != quote }
        }
        let path = Substring(program)
        guard path.isSame(as: "warder") || path.ends(with: "/warder") else { return nil }
        let words = command.utf8[program.endIndex...].split(whereSeparator: isBlank).map { Substring($0) }
        guard let verb = words.firstIndex(where: { $0.isSame(as: "process") }) else { return nil }
        return words[(verb + 1)...].first { !$0.begins(with: "-") }.map(String.init)
    }
}

/// The `credential_process` that asks warder, `program`, for a profile. Throws if not every SDK would read it alike.
package func warderCommand(program: String, profile: String) throws(EditingError) -> String {
    try WarderCommand.text(program: program, profile: profile)
}

extension Profile {
    /// Whether SDKs ask warder for the profile: its `credential_process` runs warder.
    public func asksWarder() throws(ProfileError) -> Bool {
        guard let command = try plain("credential_process") else { return false }
        return WarderCommand.profile(askedBy: command.value) != nil
    }
}
