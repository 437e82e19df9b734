import ArgumentParser
import Failures
import Text

// Input that warder does not know, and what the user probably meant.

extension Failure {
    /// The arguments cannot be used.
    ///
    /// - Parameters:
    ///   - said: the parser's message.
    ///   - profiles: the names of the profiles, read only if the user may have meant one.
    init(unusable arguments: [String], _ said: String, profiles: () -> [String]) {
        let path = CommandPath(arguments)
        if let word = path.unknown {
            let command = path.names.isEmpty ? "" : " of warder \(path.names.joined(separator: " "))"
            self.init(
                .usage, "there is no command \(word)\(command)",
                hint: Self.meant(by: word, after: path, profiles) ?? "see warder \(path.topic)--help")
            return
        }
        let line = Self.oneLine(said)
        let parts = line.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        var (message, hint) = (line, "see warder \(path.topic)--help")
        if line.hasPrefix("Unknown option '"), parts.count > 1 {
            message = "unknown option '\(parts[1])'"
            if let counterpart = counterparts[parts[1]] {
                hint = counterpart
            } else if let near = parts.count > 3 ? parts[3] : nearest(to: parts[1], among: ["--help", "--version"]) {
                hint = "did you mean \(near)? see warder \(path.topic)--help"
            }
        } else if line.contains(" is invalid for '"), parts.count > 5,
            let near = nearest(to: parts[1], among: stride(from: 5, to: parts.count, by: 2).map { parts[$0] })
        {
            hint = "did you mean \(near)? see warder \(path.topic)--help"
        }
        self.init(.usage, message.lowercasedFirst.withoutFullStop, hint: hint)
    }

    /// The parser's message on one line, with the values that it lists one per line put in quotes.
    private static func oneLine(_ said: String) -> String {
        var lines = said.split(separator: "\n").map(String.init)
        let first = lines.isEmpty ? "unusable arguments" : lines.removeFirst()
        let values = lines.prefix { $0.hasPrefix("  - ") }.map { "'\($0.dropFirst(4))'" }
        guard first.hasSuffix(" the following:") else { return first }
        return first.dropLast("the following:".count) + alternatives(Array(values))
    }

    /// What to type instead of an unknown command.
    private static func meant(by word: String, after path: CommandPath, _ profiles: () -> [String]) -> String? {
        if path.names.isEmpty, let counterpart = counterparts[word] { return counterpart }
        let begun = path.commands.filter { $0.utf8.starts(with: word.utf8) }
        if let near = begun.count == 1 ? begun[0] : nearest(to: word, among: path.commands) {
            let command = (["warder"] + path.names + [near]).joined(separator: " ")
            return "did you mean \(command)? see warder \(path.topic)--help"
        }
        guard path.names.isEmpty, profiles().contains(word) else { return nil }
        let profile = shellWord(word)
        return "it is a profile: eval $(warder env \(profile)), or warder exec \(profile) -- COMMAND"
    }
}

/// The commands named by the first words of a command line.
private struct CommandPath {
    /// The commands, from the outermost.
    private(set) var names: [String] = []
    /// The word after them, if a subcommand is expected there but the word is not one.
    private(set) var unknown: String?
    /// The subcommands that may follow.
    private(set) var commands: [String] = []

    init(_ arguments: [String]) {
        var command: any ParsableCommand.Type = Warder.self
        var words = arguments[...]
        while true {
            let configuration = command.configuration
            // Includes subcommands in groups.
            let subcommands = configuration.subcommands
            commands = subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
            guard !subcommands.isEmpty, let word = words.popFirst(), word.utf8.first != UInt8(ascii: "-") else {
                return
            }
            guard word != "help" else { continue }
            guard let next = subcommands.first(where: { $0._commandName == word }) else {
                unknown = word
                return
            }
            names.append(word)
            command = next
        }
    }

    /// The words of the command whose help fits, and a space; empty for the root command.
    var topic: String { names.isEmpty ? "" : names.joined(separator: " ") + " " }
}

/// Commands of other tools (aws-vault, granted, aws-mfa, saml2aws, pass, the AWS CLI), and their counterparts here.
private let counterparts = [
    "login": "warder unlock opens the store, warder refresh PROFILE makes its session, and SDKs ask by themselves",
    "logout": "warder forget PROFILE drops its sessions; warder lock closes everything",
    "clear": "warder forget drops the cached sessions",
    "flush": "warder forget drops the cached sessions",
    "rotate": "make a new key in IAM, store it with warder add --replace NAME, and delete the old one there",
    "export": "eval $(warder env PROFILE)",
    "assume": "eval $(warder env PROFILE), or warder use PROFILE with the shell's hook",
    "switch": "warder use PROFILE, with the shell's hook",
    "shell": "warder exec PROFILE starts your shell with its credentials",
    "run": "warder exec PROFILE -- COMMAND",
    "server": "warder exec --serve PROFILE -- COMMAND",
    "ls": "warder list",
    "profiles": "warder list",
    "keys": "warder list",
    "sessions": "warder status",
    "rm": "warder remove NAME",
    "del": "warder remove NAME",
    "delete": "warder remove NAME",
    "import": "warder add NAME --csv FILE, or --stdin",
    "configure": "warder add NAME stores a key; warder adopt PROFILE changes a profile",
    "init": "warder add NAME stores a key, and makes the vault for it",
    "setup": "warder add NAME stores a key, and makes the vault for it",
    "show": "warder explain PROFILE, or warder list",
    "get": "warder process PROFILE, as SDKs call it",
    "credentials": "warder process PROFILE, as SDKs call it",
    "renew": "warder refresh PROFILE",
    "sso": "warder refresh PROFILE signs in where that is needed",
    "whoami": "warder whoami PROFILE",
    "version": "warder --version",
    "console": "warder opens no console; eval $(warder env PROFILE), and a tool that does",
    "--profile": "the profile stands by itself: warder exec PROFILE -- COMMAND",
    "--mfa-token": "--mfa-code gives a code",
    "--mfa-serial": "write it into the profile: mfa_serial = ARN",
    "--token": "--mfa-code gives a code",
    "--duration": "write it into the profile: warder_session_duration = 8h, or duration_seconds for a role",
    "--no-session": "write it into the profile: warder_session = off",
    "--ecs-server": "warder exec --serve PROFILE -- COMMAND",
    "--ec2-server": "warder exec --serve PROFILE -- COMMAND",
    "--server": "warder exec --serve PROFILE -- COMMAND",
    "--region": "write it into the profile, or set AWS_REGION",
    "--json": "warder env --format json PROFILE, or warder process PROFILE",
    "--backend": "warder store move --to libsecret, or file",
    "--prompt": "write it into warder's settings: code_prompt and pinentry",
]
