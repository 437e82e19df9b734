import Arguments
import Text

// Command lines that warder cannot use, and what the user probably meant.

extension Failure {
    /// The arguments cannot be used.
    ///
    /// - Parameters:
    ///   - names: the words of the command, without the program's name.
    ///   - commands: the names of the commands below it that people type.
    ///   - profiles: the names of the profiles, read only if the user may have meant one.
    package init(_ problem: UsageError, of names: [String], commands: [String], profiles: () -> [String]) {
        let topic = (["warder"] + names).joined(separator: " ")
        let see = "see \(topic) --help"
        switch problem {
        case .unknownCommand(let word):
            let group = names.isEmpty ? "" : " of \(topic)"
            self.init(
                .usage, "there is no command \(word.isEmpty ? "''" : word)\(group)",
                hint: Self.meant(by: word, names, commands, profiles) ?? see)
        case .unknownOption(let option, let near):
            let hint = counterparts[option] ?? near.map { "did you mean \($0)? \(see)" }
            self.init(.usage, "unknown option '\(option)'", hint: hint ?? see)
        case .missingValue(let option):
            self.init(.usage, "missing value for '\(option)'", hint: see)
        case .unwantedValue(let option):
            self.init(.usage, "'\(option)' takes no value", hint: see)
        case .unusableValue(let value, let parameter, let words):
            let quoted = alternatives(words.map { "'\($0)'" })
            let more = words.isEmpty ? "" : ". Please provide one of \(quoted)"
            let near = nearest(to: value, among: words).map { "did you mean \($0)? \(see)" }
            self.init(.usage, "the value '\(value)' is invalid for '\(parameter)'\(more)", hint: near ?? see)
        case .missingOperand(let operand):
            self.init(.usage, "missing expected argument '\(operand)'", hint: see)
        case .surplusOperands(let words):
            let isShown = !words.isEmpty && profiles().containsAll(of: words)
            self.init(.usage, Self.surplus(words, isShown: isShown), hint: isShown ? see : Self.instead[names] ?? see)
        case .missingProgram:
            // If a script left the command empty, starting a shell would be a surprise.
            self.init(
                .usage, "there is no command behind --", hint: "warder exec PROFILE alone starts your shell")
        case .unusableOperand(let word, _):
            self.init(.usage, "\(word) is not a profile", hint: "warder exec PROFILE -- COMMAND")
        }
    }

    /// - Parameter isShown: no word is a secret. A key, a passphrase or a code that was typed as an argument is in the
    ///   shell's history already, and not to be in a log as well.
    private static func surplus(_ words: [String], isShown: Bool) -> String {
        guard isShown else {
            return words.count == 1
                ? "the last argument is one too many (not shown: it may be a secret)"
                : "the last \(words.count) arguments are too many (not shown: they may be secrets)"
        }
        let quoted = words.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (words.count > 8 ? ", …" : "")
        return words.count == 1 ? "unexpected argument \(quoted)" : "\(words.count) unexpected arguments: \(quoted)"
    }

    /// How to give what commands take otherwise than as an argument, by the words of the command.
    private static let instead = [
        ["add"]: "warder add NAME asks for the key, and --csv FILE and --stdin read one: as an argument it stays in the"
            + " shell's history",
        ["unlock"]: "warder unlock asks for the passphrase: as an argument it stays in the shell's history",
    ]

    /// The options of a command do not go together.
    package init(misused command: any Command.Type, _ message: String) {
        self.init(.usage, message, hint: "see warder \(command.name) --help")
    }

    /// What to type instead of an unknown command.
    private static func meant(
        by word: String, _ names: [String], _ commands: [String], _ profiles: () -> [String]
    ) -> String? {
        let topic = (["warder"] + names).joined(separator: " ")
        let isRoot = names.isEmpty
        if isRoot, let counterpart = counterparts[word] { return counterpart }
        let begun = commands.filter { $0.begins(with: word) }
        if let near = begun.count == 1 ? begun[0] : nearest(to: word, among: commands) {
            return "did you mean \(topic) \(near)? see \(topic) --help"
        }
        guard isRoot, profiles().holds(word) else { return nil }
        let profile = shellWord(word)
        return "it is a profile: eval $(warder env \(profile)), or warder exec \(profile) -- COMMAND"
    }
}

extension [String] {
    /// Whether each of the words is one of these. Names of profiles are not secrets.
    fileprivate func containsAll(of words: [String]) -> Bool { words.allSatisfy { holds($0) } }
}

/// Commands of other tools (aws-vault, granted, aws-mfa, saml2aws, pass, the AWS CLI), and their counterparts here.
private let counterparts = [
    "logout": "warder forget PROFILE drops its sessions; warder lock closes everything",
    "clear": "warder forget drops the cached sessions",
    "flush": "warder forget drops the cached sessions",
    "export": "eval $(warder env PROFILE)",
    "assume": "eval $(warder env PROFILE), or warder use PROFILE with the shell's hook",
    "switch": "warder use PROFILE, with the shell's hook",
    "shell": "warder exec PROFILE starts your shell with its credentials",
    "run": "warder exec PROFILE -- COMMAND",
    "server": "warder exec --serve PROFILE -- COMMAND",
    "ls": "warder list",
    "keys": "warder list",
    "sessions": "warder status",
    "rm": "warder remove NAME",
    "del": "warder remove NAME",
    "delete": "warder remove NAME",
    "configure": "warder add NAME stores a key; warder adopt PROFILE changes a profile",
    "init": "warder add NAME stores a key, and makes the vault for it",
    "setup": "warder add NAME stores a key, and makes the vault for it",
    "show": "warder explain PROFILE, or warder list",
    "get": "warder process PROFILE, as SDKs call it",
    "credentials": "warder process PROFILE, as SDKs call it",
    "sso": "warder refresh PROFILE signs in where that is needed",
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
