import Text

/// The words of `warder exec`, put in an order that leaves no doubt about what is whose.
///
/// As env(1) and sudo(8) have it, what stands behind the command's own word belongs to the command, with or without `--`
/// in front of it. Options of warder's may stand on either side of the profile.
enum ExecWords {
    /// Options that take the next word as their value.
    static let withValue: Set<String> = ["--mfa-code", "--min-ttl", "--policy"]

    /// The same words as options, profile, `--`, command.
    ///
    /// - Parameter words: what stands behind `exec`.
    static func ordered(_ words: [String]) throws(Failure) -> [String] {
        var options: [String] = []
        var profile: String?
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--", profile != nil {
                guard index < words.count else { throw noCommand }
                break
            } else if word == "--", index < words.count {
                profile = words[index]
                index += 1
                break
            } else if word.begins(with: "-"), word != "-" {
                options.append(word)
                guard withValue.contains(word), index < words.count else { continue }
                options.append(words[index])
                index += 1
            } else if profile == nil {
                profile = word
            } else {
                index -= 1
                break
            }
        }
        guard let profile else { return options }
        guard !profile.begins(with: "-") else {
            throw Failure(.usage, "\(profile) is no profile", hint: "warder exec PROFILE -- COMMAND")
        }
        return options + [profile] + (index < words.count ? ["--"] + words[index...] : [])
    }

    /// A shell in place of a command that a script has left empty would be a surprise.
    private static var noCommand: Failure {
        Failure(
            .usage, "there is no command behind --", hint: "warder exec PROFILE alone starts your shell")
    }
}
