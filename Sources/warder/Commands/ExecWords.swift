import Failures
import Linux
import Setup
import Text

/// The words of `warder exec`, put into an order that shows which words belong to warder and which to the command.
///
/// As in env(1) and sudo(8), everything after the command's name belongs to the command, with or without `--` in front
/// of it. warder's options may come before or after the profile.
enum ExecWords {
    /// Options that take the next word as their value.
    static let withValue: Set<String> = ["--mfa-code", "--min-ttl", "--policy"]

    /// The same words, ordered as options, profile, `--`, command.
    ///
    /// - Parameter words: the words after `exec`.
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
            throw Failure(.usage, "\(profile) is not a profile", hint: "warder exec PROFILE -- COMMAND")
        }
        return options + [profile] + (index < words.count ? ["--"] + words[index...] : [])
    }

    /// Rejects a command after `--` without a profile before it: the command's name is not a profile, and looking for
    /// it in the store would require opening the store.
    ///
    /// - Parameter words: the words after `exec`, in any order.
    static func refuseCommandAlone(_ words: [String]) throws(Failure) {
        var before = words.prefix { $0 != "--" }
        while let word = before.popLast() {
            guard word.hasPrefix("-") || before.last.map(withValue.contains) == true else { return }
        }
        let command = words.drop { $0 != "--" }.dropFirst()
        guard let first = command.first, isCommand(first) else { return }
        let context = try Context(noPrompt: true)
        guard (try? ProfileLoading(context).profiles().profile(first) == nil) == true else { return }
        let line = command.prefix(8).map(shellWord).joined(separator: " ")
        throw Failure(.usage, "no profile is named before --", hint: "warder exec PROFILE -- \(line)")
    }

    private static func isCommand(_ word: String) -> Bool {
        if word.utf8.contains(UInt8(ascii: "/")) { return isProgram(word) }
        let folders = Environment.process["PATH"]?.utf8.split(separator: UInt8(ascii: ":")) ?? []
        return folders.contains { isProgram(String(Substring($0)) + "/" + word) }
    }

    /// If a script left the command empty, starting a shell would be a surprise.
    private static var noCommand: Failure {
        Failure(
            .usage, "there is no command behind --", hint: "warder exec PROFILE alone starts your shell")
    }
}
