import Linux
import Secrets
import Text

/// What a pinentry shows when it asks for a passphrase. No text holds a secret.
public struct PinentryWords: Sendable {
    /// The title of the window.
    public let title: String
    /// What is asked for, and by whom.
    public let description: String
    /// What stands before the answer.
    public let prompt: String
    /// What stands before the second answer, for a passphrase that is being chosen; nil to ask once.
    public let again: String?
    /// Why it is asked once more; nil at the first time.
    public let error: String?

    /// Puts the texts together.
    public init(title: String, description: String, prompt: String, again: String?, error: String?) {
        self.title = title
        self.description = description
        self.prompt = prompt
        self.again = again
        self.error = error
    }
}

/// A program of GnuPG's that asks for a passphrase on a display or a terminal.
///
/// Spoken to as gpg-agent does it (agent/call-pinentry.c), but never allowed to take the answer from a password store.
public struct Pinentry: Sendable {
    /// Its absolute path.
    public let program: String
    let options: [String]

    /// Whether it could show anything: there is a display, or this process is in front of a terminal.
    public func canShow(in environment: Environment) -> Bool { Self.hasPlace(in: environment) }

    /// Whether there is a display or a terminal for any pinentry.
    static func hasPlace(in environment: Environment) -> Bool {
        environment.hasDisplay || foregroundTerminalPath() != nil
    }

    /// Asks for a passphrase.
    ///
    /// - Parameters:
    ///   - limit: the longest answer, in bytes.
    ///   - deadline: when it is taken down.
    ///   - lettingGo: what else ends it, by `.stopped` and `.needless`.
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

    /// Asks yes or no. Taking the no is false, and so is cancelling, which most pinentries do not tell from it.
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

    /// Starts it, and says where and what it shows.
    private func start(
        title: String, description: String, until deadline: Deadline,
        _ cancellation: PromptCancellation = PromptCancellation()
    ) throws(AssuanError) -> Assuan {
        let screen = foregroundTerminalPath().map(Screen.terminal) ?? .display
        var conversation = try Assuan(
            with: program, withheld: PassphraseSource.variables, until: deadline, cancellation: cancellation)
        try setUp(&conversation, on: screen)
        // A little before it would be taken down, so that it can tidy the screen.
        _ = try conversation.offer("SETTIMEOUT", String(max(1, deadline.remaining / 1000)))
        _ = try conversation.offer("SETTITLE", title)
        try conversation.tell("SETDESC", description)
        return conversation
    }
}

/// Where it shows itself.
extension Pinentry {
    /// What it is told to use.
    enum Screen: Equatable {
        /// A display alone.
        case display
        /// The terminal of that path, and a display where there is one.
        case terminal(String)
    }

    /// Whether its name says that it is for terminals, as pinentry-curses does, through any links.
    var isForTerminals: Bool {
        let target = resolved(program) ?? program
        return target.ends(with: "-tty") || target.ends(with: "-curses")
    }

    /// Hears the greeting, and says where it is to show itself.
    func setUp(_ conversation: inout Assuan, on screen: Screen) throws(AssuanError) {
        try conversation.greet()
        for option in options { _ = try conversation.offer("OPTION", option) }
        switch screen {
        case .terminal(let path): _ = try conversation.offer("OPTION", "ttyname=" + path)
        case .display: try requireDisplay(&conversation)
        }
    }

    /// Without a terminal of its own, pinentry-tty would take the pipe for one, and the protocol for its user. One for
    /// displays that has found none is `gnome3:curses`.
    private func requireDisplay(_ conversation: inout Assuan) throws(AssuanError) {
        var statuses: [String] = []
        do throws(AssuanError) {
            let flavor = try conversation.ask("GETINFO flavor", limit: 100, statuses: &statuses)
            for name: StaticString in ["tty", "curses"] where flavor.ends(with: name) {
                throw .refused(code: ErrorCode.noTerminal)
            }
        } catch {
            // An old one does not know the question.
            guard case .refused(let code) = error, code != ErrorCode.noTerminal else { throw error }
        }
    }
}

extension Environment {
    /// There is a display of either kind.
    public var hasDisplay: Bool { nonEmpty("DISPLAY") != nil || nonEmpty("WAYLAND_DISPLAY") != nil }
}

extension SecretBytes {
    fileprivate func ends(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        return count >= length && (0..<length).allSatisfy { self[count - length + $0] == text.utf8Start[$0] }
    }
}
