import Arguments
import Failures
import Shells
import Testing

@testable import warder

@Suite("What is typed and cannot be used")
struct UsageTests {
    @Test(arguments: [
        ("proces prod", "there is no command proces", "did you mean warder process? see warder --help"),
        ("lsit", "there is no command lsit", "did you mean warder list? see warder --help"),
        ("expl prod", "there is no command expl", "did you mean warder explain? see warder --help"),
        (
            "vault slts", "there is no command slts of warder vault",
            "did you mean warder vault slots? see warder vault --help"
        ),
        (
            "vault slots ad", "there is no command ad of warder vault slots",
            "did you mean warder vault slots add? see warder vault slots --help"
        ),
        (
            "store mov", "there is no command mov of warder store",
            "did you mean warder store move? see warder store --help"
        ),
        ("xyzzy", "there is no command xyzzy", "see warder --help"),
        ("bogus", "there is no command bogus", "see warder --help"),
        ("vault x", "there is no command x of warder vault", "see warder vault --help"),
        (
            "prod", "there is no command prod",
            "it is a profile: eval $(warder env prod), or warder exec prod -- COMMAND"
        ),
        ("clear", "there is no command clear", "warder forget drops the cached sessions"),
        ("export prod", "there is no command export", "eval $(warder env PROFILE)"),
        ("ls", "there is no command ls", "warder list"), ("rm alice", "there is no command rm", "warder remove NAME"),
        ("delete alice", "there is no command delete", "warder remove NAME"),
        ("shell prod", "there is no command shell", "warder exec PROFILE starts your shell with its credentials"),
        // What others call it is only known where a command stands.
        ("vault login", "there is no command login of warder vault", "see warder vault --help"),
        ("list --jsn", "unknown option '--jsn'", "did you mean --json? see warder list --help"),
        ("refresh --al", "unknown option '--al'", "did you mean --all? see warder refresh --help"),
        ("mfa --jsn --json", "unknown option '--jsn'", "did you mean --json? see warder mfa --help"),
        ("--hlp", "unknown option '--hlp'", "did you mean --help? see warder --help"),
        ("list --entirely-else", "unknown option '--entirely-else'", "see warder list --help"),
        ("list --bogus", "unknown option '--bogus'", "see warder list --help"),
        ("env --shel bash prod", "unknown option '--shel'", "did you mean --shell? see warder env --help"),
        (
            "exec --profile prod -- true", "unknown option '--profile'",
            "the profile stands by itself: warder exec PROFILE -- COMMAND"
        ),
        (
            "exec --duration 1h prod", "unknown option '--duration'",
            "write it into the profile: warder_session_duration = 8h, or duration_seconds for a role"
        ),
        (
            "unlock --no-session", "unknown option '--no-session'",
            "write it into the profile: warder_session = off"
        ),
        (
            "env --shell bsh prod",
            "the value 'bsh' is invalid for '--shell <shell>'. Please provide one of 'bash', 'zsh', 'sh', 'fish', 'nu' or "
                + "'pwsh'", "did you mean bash? see warder env --help"
        ),
        (
            "env --format jsn prod",
            "the value 'jsn' is invalid for '--format <format>'. Please provide one of 'dotenv', 'json', 'systemd' or "
                + "'github'", "did you mean json? see warder env --help"
        ),
        ("process", "missing expected argument '<profile>'", "see warder process --help"),
        ("process a prod", "unexpected argument 'prod'", "see warder process --help"),
        (
            "process a dev dev dev dev dev dev dev prod dev",
            "9 unexpected arguments: 'dev', 'dev', 'dev', 'dev', 'dev', 'dev', 'dev', 'prod', …",
            "see warder process --help"
        ),
        ("process a prod dev", "2 unexpected arguments: 'prod', 'dev'", "see warder process --help"),
        (
            "process a b", "the last argument is one too many (not shown: it may be a secret)",
            "see warder process --help"
        ),
        (
            "process a prod b", "the last 2 arguments are too many (not shown: they may be secrets)",
            "see warder process --help"
        ),
        (
            "add alice AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "the last 2 arguments are too many (not shown: they may be secrets)",
            "warder add NAME asks for the key, and --csv FILE and --stdin read one: as an argument it stays in the shell's "
                + "history"
        ),
        (
            "unlock hunter2", "the last argument is one too many (not shown: it may be a secret)",
            "warder unlock asks for the passphrase: as an argument it stays in the shell's history"
        ),
        ("process a --mfa-code", "missing value for '--mfa-code <code>'", "see warder process --help"),
        ("process --mfa-code --no-prompt a", "missing value for '--mfa-code <code>'", "see warder process --help"),
        ("process a --no-prompt=1", "'--no-prompt' takes no value", "see warder process --help"),
        ("store move", "missing expected argument '--to <store>'", "see warder store move --help"),
        ("mfa --pid x", "the value 'x' is invalid for '--pid <pid>'", "see warder mfa --help"),
        ("vault slots --bogus", "unknown option '--bogus'", "see warder vault slots list --help"),
        ("names", "missing expected argument '<kind>'", "see warder names --help"),
        ("exec prod --", "there is no command behind --", "warder exec PROFILE alone starts your shell"),
        ("exec -- -x", "-x is not a profile", "warder exec PROFILE -- COMMAND"),
        ("exec -", "- is not a profile", "warder exec PROFILE -- COMMAND"),
    ])
    func says(_ line: String, _ message: String, _ hint: String) throws {
        let failure = try #require(refusal(line.split(separator: " ").map(String.init), profiles: ["dev", "prod"]))
        #expect(failure.code == .usage)
        #expect(failure.message == message)
        #expect(failure.hint == hint)
    }

    @Test func profilesAreLookedAtOnlyWhereOneMayBeMeant() {
        let lines = ["list --jsn", "process --jsn a b", "proces prod", "ls", "vault prod"]
        for words in lines.map({ $0.split(separator: " ").map(String.init) }) {
            let line = parsed(words)
            guard let problem = line.problem else { continue }
            let failure = Failure(problem, in: line) {
                Issue.record("\(words) read the profiles")
                return []
            }
            #expect(failure.code == .usage)
        }
    }

    @Test func aProfileIsNamedAsAShellTakesIt() {
        let failure = refusal(["a b"], profiles: ["a b"])
        #expect(failure?.hint == "it is a profile: eval $(warder env 'a b'), or warder exec 'a b' -- COMMAND")
    }

    /// A hint that is a command line of warder's is one that warder knows.
    @Test(arguments: [
        "logout", "clear", "flush", "export", "assume", "switch", "shell", "run", "server", "ls",
        "keys", "sessions", "rm", "del", "delete", "configure", "init", "setup", "show", "get",
        "credentials", "sso",
    ])
    func whatOthersCallItHasACounterpart(_ word: String) throws {
        let failure = try #require(refusal([word]))
        #expect(failure.message == "there is no command \(word)")
        let known = Set(Warder.description.commands.map { $0.name })
        let named = failure.hint.matches(of: /warder ([a-z]+)/).map { String($0.output.1) }
        #expect(!failure.hint.hasPrefix("see ") && !failure.hint.hasPrefix("did you mean"))
        for command in named { #expect(known.contains(command), "\(failure.hint)") }
        #expect(!named.isEmpty)
    }

    /// What is evaluated fails, though its arguments cannot be used.
    @Test(arguments: [
        (["env", "--shell", "fish", "--bogus"], "fish"), (["env", "--bogus", "--shell=fish"], "fish"),
        (["env", "a", "b", "--shell", "nu"], "nu"), (["env", "--shell=pwsh", "prod", "x"], "pwsh"),
        (["use", "--shell", "bash", "--x"], "bash"), (["use", "--shell", "zsh"], "zsh"),
        (["env", "--shell", "fish", "--shell=bash", "--mfa-code"], "bash"),
    ])
    func anEvalFails(_ words: [String], _ name: String) throws {
        let line = parsed(words)
        let shell = try #require(Shell.all.first { $0.name == name })
        let command = try #require(line.command as? any EvaluatedCommand.Type)
        #expect(line.problem != nil)
        #expect(command.failing(line.given) == shell.failing && !shell.failing.isEmpty)
    }

    @Test(arguments: [
        ["env", "--format", "json", "--bogus"], ["env", "--format=dotenv", "--shell", "bash", "a", "b"],
        ["env", "--format"], ["env", "--format", "jsn"],
    ])
    func whatProgramsReadStaysEmpty(_ words: [String]) {
        #expect(Env.failing(parsed(words).given) == "")
    }

    @Test(arguments: [
        "process prod", "env prod", "env --unset", "exec prod -- true", "exec prod", "vault slots add keyfile /k",
        "unlock --for 8h", "list --json", "refresh --all", "store move --to file", "adopt --undo prod",
    ])
    func whatCanBeUsedIsNotRefused(_ line: String) {
        #expect(refusal(line.split(separator: " ").map(String.init)) == nil)
    }
}
