import Linux
import Secrets
import Text

/// The texts of a pinentry's passphrase prompt. None of them holds a secret.
public struct PinentryWords: Sendable {
    /// The title of the window.
    public let title: String
    /// What is asked for, and by which program.
    public let description: String
    /// The label of the entry.
    public let prompt: String
    /// The label of the second entry, for a passphrase that is being chosen; nil to ask once.
    public let again: String?
    /// Why the question is repeated; nil the first time.
    public let error: String?

    /// The texts of one prompt.
    public init(title: String, description: String, prompt: String, again: String?, error: String?) {
        self.title = title
        self.description = description
        self.prompt = prompt
        self.again = again
        self.error = error
    }
}

/// A GnuPG pinentry, which asks for a passphrase on a display or a terminal.
///
/// Driven as gpg-agent does it (agent/call-pinentry.c), but never allowed to take the answer from a password store.
public struct Pinentry: Sendable {
    /// Its absolute path.
    public let program: String
    let options: [String]

    /// Whether it has anywhere to show a prompt: a display, or a terminal with this process in its foreground.
    public func canShow(in environment: Environment) -> Bool { Self.hasPlace(in: environment) }

    /// Whether there is a display or a terminal for any pinentry.
    static func hasPlace(in environment: Environment) -> Bool {
        environment.hasDisplay || foregroundTerminalPath() != nil
    }

    /// Asks for a passphrase.
    ///
    /// - Parameters:
    ///   - limit: the longest answer, in bytes.
    ///   - deadline: when to end it.
    ///   - cancellation: what else ends it, by `.stopped` and `.needless`.
    public func passphrase(
        _ words: PinentryWords, limit: Int, until deadline: Deadline,
        cancellation: PromptCancellation = PromptCancellation()
    ) throws(PinentryError) -> SecretBytes {
        while true {
            do throws(AssuanError) { return try ask(words, limit: limit, until: deadline, cancellation) } catch {
                if let error = PinentryError(error) { throw error }
            }
        }
    }

    /// Asks yes or no. Returns false for no and for cancelling, which most pinentries do not distinguish.
    public func confirm(
        title: String, description: String, yes: String, no: String, until deadline: Deadline
    ) throws(PinentryError) -> Bool {
        while true {
            do throws(AssuanError) {
                var conversation = try start(title: title, description: description, until: deadline)
                try conversation.tell("SETOK", yes)
                try conversation.tell("SETCANCEL", no)
                try conversation.tell("CONFIRM")
                conversation.leave()
                return true
            } catch {
                if case .refused(ErrorCode.canceled) = error { return false }
                if case .refused(ErrorCode.notConfirmed) = error { return false }
                if let error = PinentryError(error) { throw error }
            }
        }
    }
}

extension Pinentry {
    private static let difference = "they differ"

    private func ask(
        _ words: PinentryWords, limit: Int, until deadline: Deadline, _ cancellation: PromptCancellation
    ) throws(AssuanError) -> SecretBytes {
        var conversation = try start(
            title: words.title, description: words.description, until: deadline, cancellation)
        if let error = words.error { try conversation.tell("SETERROR", error) }
        var compares = false
        if let again = words.again {
            compares = try conversation.offer("SETREPEAT", again)
            if compares { _ = try conversation.offer("SETREPEATERROR", Self.difference) }
        }
        for _ in 0..<3 {
            try conversation.tell("SETPROMPT", words.prompt)
            var statuses: [String] = []
            let first = try conversation.ask("GETPIN", limit: limit, statuses: &statuses)
            guard let again = words.again, !first.isEmpty, !(compares && statuses.contains("PIN_REPEATED")) else {
                conversation.leave()
                return first
            }
            try conversation.tell("SETPROMPT", again)
            let second = try conversation.ask("GETPIN", limit: limit, statuses: &statuses)
            if first.equals(second) {
                conversation.leave()
                return first
            }
            try conversation.tell("SETERROR", Self.difference)
        }
        throw .different
    }

    /// Starts it, and tells it where and what to show.
    private func start(
        title: String, description: String, until deadline: Deadline,
        _ cancellation: PromptCancellation = PromptCancellation()
    ) throws(AssuanError) -> Assuan {
        let screen = foregroundTerminalPath().map(Screen.terminal) ?? .display
        var conversation = try Assuan(
            with: program, withheld: PassphraseSource.variables, until: deadline, cancellation: cancellation)
        try setUp(&conversation, on: screen)
        // A little before the deadline, so that it can restore the screen before it is ended.
        _ = try conversation.offer("SETTIMEOUT", String(max(1, deadline.remaining / 1000)))
        _ = try conversation.offer("SETTITLE", title)
        try conversation.tell("SETDESC", description)
        return conversation
    }
}

/// Where it shows its prompt.
extension Pinentry {
    /// What it is told to use.
    enum Screen: Equatable {
        /// A display only.
        case display
        /// The terminal with that path, and a display if there is one.
        case terminal(String)
    }

    /// Whether its name, after following links, says that it is for terminals, as pinentry-curses does.
    var isForTerminals: Bool {
        let target = resolved(program) ?? program
        return target.ends(with: "-tty") || target.ends(with: "-curses")
    }

    /// Reads the greeting, and tells it where to show its prompt.
    func setUp(_ conversation: inout Assuan, on screen: Screen) throws(AssuanError) {
        try conversation.greet()
        for option in options { _ = try conversation.offer("OPTION", option) }
        switch screen {
        case .terminal(let path): _ = try conversation.offer("OPTION", "ttyname=" + path)
        case .display: try requireDisplay(&conversation)
        }
    }

    /// Without a terminal, pinentry-tty would take the pipe for one, and the protocol for its user's input. A graphical
    /// pinentry that found no display calls itself `gnome3:curses`.
    private func requireDisplay(_ conversation: inout Assuan) throws(AssuanError) {
        var statuses: [String] = []
        do throws(AssuanError) {
            let flavor = try conversation.ask("GETINFO flavor", limit: 100, statuses: &statuses)
            for name: StaticString in ["tty", "curses"] where flavor.ends(with: name) {
                throw .refused(code: ErrorCode.noTerminal)
            }
        } catch {
            // An old one does not know the command.
            guard case .refused(let code) = error, code != ErrorCode.noTerminal else { throw error }
        }
    }
}

extension Environment {
    /// Whether there is an X or a Wayland display.
    public var hasDisplay: Bool { nonEmpty("DISPLAY") != nil || nonEmpty("WAYLAND_DISPLAY") != nil }
}

extension SecretBytes {
    fileprivate func ends(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return count >= length && (0..<length).allSatisfy { self[count - length + $0] == text.utf8Start[$0] }
    }
}
