import Text

/// A `credential_process` that runs aws-vault: `aws-vault exec --json NAME` or `aws-vault export --format=json NAME`.
package struct AWSVaultCommand: Equatable, Sendable {
    /// The profile that it asks for.
    package let profile: String
    /// The key itself signs, or is given out.
    package let isWithoutSession: Bool

    /// Nil if the command is another one, or needs a shell.
    package init?(_ command: String) {
        let words = CommandWords(command)
        let invocation = Invocation(words.words)
        guard !words.isUnfinished, !words.needsShell, !invocation.needsShell,
            lastPart(ofPath: invocation.program).isSame(as: "aws-vault")
        else { return nil }
        var arguments = Arguments(invocation.arguments)
        guard arguments.operands.count == 2, let profile = arguments.operands.popLast() else { return nil }
        switch arguments.operands[0] {
        case "exec": guard arguments.flags.contains("json") else { return nil }
        case "export": guard arguments.values["format"] == "json" else { return nil }
        default: return nil
        }
        self.profile = profile
        isWithoutSession = arguments.flags.contains("no-session")
    }

    /// The arguments as aws-vault 7.2 reads them: options and operands in any order.
    private struct Arguments {
        var operands: [String] = []
        var flags: Set<String> = []
        var values: [String: String] = [:]

        /// The options that take no value.
        private static let switches: Set<String> = [
            "json", "no-session", "debug", "stdout", "lazy", "server", "ec2-server", "ecs-server",
        ]
        private static let short: [Character: String] = [
            "j": "json", "n": "no-session", "s": "server", "d": "duration", "t": "mfa-token",
        ]

        init(_ words: ArraySlice<String>) {
            var rest = words
            while let word = rest.popFirst() {
                if word == "--" {
                    operands += rest
                    return
                } else if word.begins(with: "--") {
                    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
                    take(parts.first ?? "", parts.count > 1 ? parts[1] : nil, &rest)
                } else if word.begins(with: "-"), word.count > 1 {
                    takeShort(word.dropFirst(), &rest)
                } else {
                    operands.append(word)
                }
            }
        }

        private mutating func take(_ name: String, _ value: String?, _ rest: inout ArraySlice<String>) {
            if Self.switches.contains(name) {
                flags.insert(name)
            } else {
                values[name] = value ?? rest.popFirst() ?? ""
            }
        }

        /// `-nj`, `-d 1h`, `-d1h`.
        private mutating func takeShort(_ letters: Substring, _ rest: inout ArraySlice<String>) {
            for (index, letter) in zip(letters.indices, letters) {
                guard let name = Self.short[letter] else { continue }
                if Self.switches.contains(name) {
                    flags.insert(name)
                } else {
                    let value = letters[letters.index(after: index)...]
                    return take(name, value.isEmpty ? nil : String(value), &rest)
                }
            }
        }
    }
}
