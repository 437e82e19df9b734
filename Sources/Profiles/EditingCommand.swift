/// The `credential_process` that asks warder for a profile.
enum WarderCommand {
    /// The command that runs `program`, an absolute path.
    ///
    /// Some SDKs split it into words, and some give it to a shell: it holds only what both take alike.
    static func text(program: String, profile: String) throws(EditingError) -> String {
        guard !profile.hasPrefix("-") else { throw .unusableName(profile) }
        guard program.hasPrefix("/"), program.hasSuffix("/warder"),
            program.unicodeScalars.allSatisfy({
                $0 == " " || $0.properties.isAlphabetic || "0123456789_./+-@%,=:".unicodeScalars.contains($0)
            })
        else { throw .unusableProgram(program) }
        return (program.contains(" ") ? "\"\(program)\"" : program) + " process " + profile
    }

    /// The profile that `command` asks warder for; nil where it runs another program, or names no profile.
    static func profile(askedBy command: String) -> String? {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var program = command.prefix { !isBlank($0) }
        if let quote = command.first, quote == "\"" || quote == "'" {
            program = command.dropFirst().prefix { $0 != quote }
        }
        guard program == "warder" || program.hasSuffix("/warder") else { return nil }
        let words = command[program.endIndex...].split(whereSeparator: isBlank)
        guard let verb = words.firstIndex(of: "process") else { return nil }
        return words[(verb + 1)...].first { !$0.hasPrefix("-") }.map(String.init)
    }
}

extension Profile {
    /// Whether SDKs ask warder for the profile: its `credential_process` runs warder.
    public func asksWarder() throws(ProfileError) -> Bool {
        guard let command = try plain("credential_process") else { return false }
        return WarderCommand.profile(askedBy: command.value) != nil
    }
}
