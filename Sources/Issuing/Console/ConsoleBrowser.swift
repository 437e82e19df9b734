import Chains
import Failures
import Linux
import Prompt
import SSO
import STS
import Secrets
import Setup
import Signing
import Text

/// The browser that the console is opened in.
///
/// It is started with the address of a page of this process, which redirects it once: every user of this host can read
/// a program's arguments, and anyone who opens the login URL is signed in.
package struct ConsoleBrowser {
    private let words: [String]
    private let container: String?
    private let context: Context

    /// Milliseconds for the browser to start and to fetch the page.
    package static let limit: Int64 = 120_000

    /// - Parameters:
    ///   - command: the browser, and its arguments; `%s` stands for the address, which is otherwise added as the last
    ///     one. Nil for the desktop's own.
    ///   - container: the name of the Firefox container to open it in; nil for none.
    /// - Throws: if it cannot be run.
    package init(_ context: Context, command: String?, container: String?) throws(Failure) {
        self.context = context
        self.container = container
        if let command {
            words = try Self.words(of: command, context.environment)
        } else if container != nil {
            words = try Self.firefox(context.environment)
        } else {
            words = try Self.desktop(context.environment)
        }
    }

    /// Opens the URL, and returns when the browser has it.
    package func open(_ url: consuming SecretBytes) throws(Failure) {
        var browser: LaunchedProgram?
        do throws(SignInError) {
            let listener = try CallbackListener()
            let timing = context.world.timing
            try listener.handOver(
                url, random: context.random, timing: timing, until: timing.uptime() + Self.limit,
                open: { browser = start($0) }, hasFailed: { browser?.failure() != nil })
        } catch .timedOut {
            let reason =
                browser?.failure().map { ": \(words[0]) \($0.outcome(in: context.environment))" }
                ?? " within \(spoken(seconds: Self.limit / 1000))"
            throw Failure(
                .other, "the browser did not fetch the page\(reason)",
                hint: "see whether it opens at all: \(shellWord(words[0])); or print the URL and open it yourself")
        } catch { throw Failure(error, doing: "open the console") }
    }

    private func start(_ entrance: String) -> LaunchedProgram {
        var address = entrance
        if let container {
            address = "ext+container:name=\(encoded(container))&url=\(encoded(entrance))"
        }
        var arguments = words.dropFirst().map { Self.filled($0, address) }
        if !words.dropFirst().contains(where: { $0.includes("%s") }) { arguments.append(address) }
        return launch(words[0], arguments, withheld: PassphraseSource.variables)
    }

    /// The word with the address in each place of `%s`.
    private static func filled(_ word: String, _ address: String) -> String {
        var filled = ""
        var rest = word.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "%", rest.first == "s" {
                rest.removeFirst()
                filled += address
            } else {
                filled.unicodeScalars.append(scalar)
            }
        }
        return filled
    }

    private func encoded(_ text: String) -> String {
        var encoded = SecretBytes(capacity: text.utf8.count * 3)
        encoded.appendPercentEncoded(text)
        return encoded.text(0..<encoded.count)
    }

    // MARK: - Which one

    private static func words(of command: String, _ environment: Environment) throws(Failure) -> [String] {
        let parsed = CommandWords(command)
        guard !parsed.isUnfinished, !parsed.needsShell, let program = parsed.words.first else {
            throw Failure(
                .usage, "--browser takes a program and its arguments, and no shell reads them",
                hint: "quote what needs it, or write a script: --browser 'firefox -P work'")
        }
        guard exists(program, environment) else {
            throw Failure(.usage, "there is no program \(program) to open the console with", hint: "check PATH")
        }
        return parsed.words
    }

    private static func firefox(_ environment: Environment) throws(Failure) -> [String] {
        guard let program = ["firefox", "firefox-esr"].first(where: { exists($0, environment) }) else {
            throw Failure(
                .usage, "--container needs Firefox, but there is no firefox in PATH",
                hint: "name the program that starts it: --browser 'flatpak run org.mozilla.firefox'")
        }
        return [program]
    }

    private static func desktop(_ environment: Environment) throws(Failure) -> [String] {
        guard ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].contains(where: { environment.nonEmpty($0) != nil }) else {
            throw Failure(
                .usage, "there is no display to open a browser on",
                hint: "leave --open out, and open the URL on a machine that has one; or name a browser with --browser")
        }
        guard exists("xdg-open", environment) else {
            throw Failure(
                .usage, "xdg-open, which opens the desktop's browser, is not installed",
                hint: "sudo apt-get install xdg-utils, or name a browser with --browser")
        }
        return ["xdg-open"]
    }

    private static func exists(_ program: String, _ environment: Environment) -> Bool {
        program.utf8.contains(UInt8(ascii: "/"))
            ? isProgram(program) : programPath(program, searchPath: environment["PATH"]) != nil
    }
}
