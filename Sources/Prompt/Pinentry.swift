import Linux
import Secrets

/// Why a pinentry gave no answer.
public enum PinentryError: Error, Equatable, Sendable {
    /// There is no such program.
    case notFound(name: String)
    /// It could not be started, or ended where it should have answered.
    case child(ChildError)
    /// The user cancelled.
    case dismissed
    /// Nobody answered in time.
    case timedOut
    /// It has neither a display nor a terminal to show anything on.
    case noDisplay
    /// It does not speak the protocol, or reports an error.
    case unusable(reason: String)
    /// The answer is longer than what is asked for can be.
    case tooLong
    /// The two answers differ, three times over.
    case different
}

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
    private let options: [String]

    /// Finds the pinentry as gpg-agent does: `pinentry-program` of gpg-agent.conf, else `pinentry` in `PATH`.
    ///
    /// - Parameter named: an absolute path, or a name to look for in `PATH`, in place of all that.
    public static func find(named: String?, in environment: Environment) throws(PinentryError) -> Pinentry {
        let name = named ?? agentsProgram(environment) ?? "pinentry"
        let folders = name.hasPrefix("/") ? [""] : (environment["PATH"] ?? "").split(separator: ":").map { $0 + "/" }
        let candidates = folders.map { $0 + name }.filter { $0.hasPrefix("/") && isProgram($0) }
        guard let program = candidates.first, name.hasPrefix("/") || !name.contains("/") else {
            throw .notFound(name: name)
        }
        return Pinentry(program: program, options: options(environment))
    }

    /// Whether it could show anything: there is a display, or this process is in front of a terminal.
    public func canShow(in environment: Environment) -> Bool { Self.hasPlace(in: environment) }

    /// Whether there is a display or a terminal for any pinentry.
    static func hasPlace(in environment: Environment) -> Bool {
        environment.nonEmpty("DISPLAY") != nil || environment.nonEmpty("WAYLAND_DISPLAY") != nil
            || foregroundTerminalPath() != nil
    }

    /// Asks for a passphrase.
    ///
    /// - Parameters:
    ///   - limit: the longest answer, in bytes.
    ///   - deadline: when it is taken down.
    public func passphrase(
        _ words: PinentryWords, limit: Int, until deadline: Deadline
    ) throws(PinentryError) -> SecretBytes {
        while true {
            do throws(AssuanError) { return try ask(words, limit: limit, until: deadline) } catch {
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
        _ words: PinentryWords, limit: Int, until deadline: Deadline
    ) throws(AssuanError) -> SecretBytes {
        var conversation = try start(title: words.title, description: words.description, until: deadline)
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
        title: String, description: String, until deadline: Deadline
    ) throws(AssuanError) -> Assuan {
        let terminal = foregroundTerminalPath()
        var conversation = try Assuan(with: program, withheld: PassphraseSource.variables, until: deadline)
        try conversation.greet()
        for option in options { _ = try conversation.offer("OPTION", option) }
        if let terminal {
            _ = try conversation.offer("OPTION", "ttyname=" + terminal)
        } else {
            try requireDisplay(&conversation)
        }
        // A little before it would be taken down, so that it can tidy the screen.
        _ = try conversation.offer("SETTIMEOUT", String(max(1, deadline.remaining / 1000)))
        _ = try conversation.offer("SETTITLE", title)
        try conversation.tell("SETDESC", description)
        return conversation
    }

    /// Without a terminal of its own, pinentry-tty would take the pipe for one, and the protocol for its user.
    private func requireDisplay(_ conversation: inout Assuan) throws(AssuanError) {
        var statuses: [String] = []
        do throws(AssuanError) {
            let flavor = try conversation.ask("GETINFO flavor", limit: 100, statuses: &statuses)
            if flavor.starts(with: "tty") { throw .refused(code: ErrorCode.noTerminal) }
        } catch {
            // An old one does not know the question.
            guard case .refused(let code) = error, code != ErrorCode.noTerminal else { throw error }
        }
    }

    /// What gpg-agent tells of the environment.
    private static func options(_ environment: Environment) -> [String] {
        let all = environment.nonEmpty("LC_ALL")
        let values = [
            ("display", environment.nonEmpty("DISPLAY")),
            ("ttytype", environment.nonEmpty("TERM")),
            ("lc-ctype", all ?? environment.nonEmpty("LC_CTYPE") ?? environment.nonEmpty("LANG")),
            ("lc-messages", all ?? environment.nonEmpty("LC_MESSAGES") ?? environment.nonEmpty("LANG")),
        ]
        return values.compactMap { name, value in value.map { "\(name)=\($0)" } }
    }

    /// What `pinentry-program` of gpg-agent.conf says; the last one counts. A file that cannot be read says nothing.
    private static func agentsProgram(_ environment: Environment) -> String? {
        let folder = environment.nonEmpty("GNUPGHOME") ?? environment.nonEmpty("HOME").map { $0 + "/.gnupg" }
        guard let folder, let file = try? readFile(folder + "/gpg-agent.conf", limit: 65_536) else { return nil }
        let text = file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        var program: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let blank = trimmed(line).firstIndex(where: isBlank) else { continue }
            let name = trimmed(line)[..<blank]
            guard name == "pinentry-program" || name == "--pinentry-program" else { continue }
            program = unquoted(trimmed(line[blank...]))
        }
        return program
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.count > 1, value.first == "\"", value.last == "\"" else { return String(value) }
        return String(value.dropFirst().dropLast())
    }
}

/// Codes of gpg-error.h that a pinentry answers with.
private enum ErrorCode {
    static let timeout = 62
    static let noPinentry = 85
    static let canceled = 99
    static let notConfirmed = 114
    static let fullyCanceled = 198
    /// `GPG_ERR_ENODEV`, `GPG_ERR_ENOENT`, `GPG_ERR_ENOTTY`, `GPG_ERR_ENXIO`: nowhere to show anything.
    static let noDevice = [32_848, 32_849, noTerminal, 32_872]
    static let noTerminal = 32_870
}

extension PinentryError {
    /// Nil where a signal came: the question is put once more, if the process goes on.
    fileprivate init?(_ error: AssuanError) {
        switch error {
        case .interrupted: return nil
        case .timedOut: self = .timedOut
        case .ended(.some(let error)): self = .child(error)
        case .ended(.none): self = .unusable(reason: "it ended without an answer")
        case .garbled: self = .unusable(reason: "it does not speak the protocol of a pinentry")
        case .tooLong: self = .tooLong
        case .different: self = .different
        case .refused(let code):
            switch code {
            case ErrorCode.timeout: self = .timedOut
            case ErrorCode.canceled, ErrorCode.notConfirmed, ErrorCode.fullyCanceled: self = .dismissed
            case ErrorCode.noPinentry: self = .noDisplay
            case _ where ErrorCode.noDevice.contains(code): self = .noDisplay
            default: self = .unusable(reason: "it reports error \(code) of gpg-error.h")
            }
        }
    }
}

extension SecretBytes {
    fileprivate func starts(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount && (0..<text.utf8CodeUnitCount).allSatisfy { self[$0] == text.utf8Start[$0] }
    }
}
