import Linux
import Secrets

/// How warder may ask the user.
public enum PromptMethod: Sendable, Equatable {
    /// The controlling terminal.
    case terminal
    /// A pinentry, given by path or by name; nil for gpg-agent's.
    case pinentry(named: String?)
    /// A window of zenity or kdialog; never for a passphrase.
    case dialog
    /// The user, from another terminal; never for a passphrase.
    case remote
}

/// One prompt for a passphrase.
struct PassphrasePrompt {
    let text: String
    let again: String?
    let error: String?
    let cancellation: PromptCancellation

    /// Asks by the first of `methods` that can show the question; its failure is final. If none can, throws the reason
    /// of the first.
    func ask(_ methods: [PromptMethod], in environment: Environment) throws(PassphraseError) -> SecretBytes {
        var reason: PassphraseError?
        for asker in methods {
            do throws(PassphraseError) {
                switch asker {
                case .terminal: return try askAtTerminal()
                case .pinentry(let name): return try ask(pinentry: name, in: environment)
                case .dialog, .remote: continue
                }
            } catch {
                guard asker.isOut(error, in: environment) else { throw error }
                reason = reason ?? error
            }
        }
        throw reason ?? .notAllowed
    }

    private func askAtTerminal() throws(PassphraseError) -> SecretBytes {
        do throws(TerminalError) {
            let terminal = try Terminal.open()
            let question = (error.map { $0 + "; " } ?? "") + text
            for _ in 0..<3 {
                let first = try terminal.ask(
                    question, hidden: true, limit: PassphraseSource.limit, until: PromptTimeout.deadline,
                    cancellation: cancellation)
                guard let again, !first.isEmpty else { return first }
                let second = try terminal.ask(
                    again, hidden: true, limit: PassphraseSource.limit, until: PromptTimeout.deadline,
                    cancellation: cancellation)
                if first.equals(second) { return first }
                terminal.show("they differ\n")
            }
        } catch {
            switch error {
            case .stopped: throw .stopped
            case .needless: throw .needless
            default: throw .terminal(error)
            }
        }
        throw .different
    }

    private func ask(pinentry name: String?, in environment: Environment) throws(PassphraseError) -> SecretBytes {
        do throws(PinentryError) {
            let pinentry = try Pinentry.find(named: name, in: environment)
            guard pinentry.canShow(in: environment) else { throw .noDisplay }
            let words = PinentryWords(
                title: "warder", description: text.withoutColon, prompt: "passphrase:",
                again: again.map { $0.withoutColon + ":" }, error: error)
            return try pinentry.passphrase(
                words, limit: PassphraseSource.limit, until: PromptTimeout.deadline, cancellation: cancellation)
        } catch {
            switch error {
            case .different: throw .different
            case .stopped: throw .stopped
            case .needless: throw .needless
            default: throw .pinentry(error)
            }
        }
    }
}

extension PromptMethod {
    /// Whether the failure means that nothing can be shown here, so that the next method may ask. A pinentry that the
    /// user named is final: the user must not wonder why the terminal asks instead.
    fileprivate func isOut(_ error: PassphraseError, in environment: Environment) -> Bool {
        switch (self, error) {
        case (.terminal, .terminal(.none)), (.terminal, .terminal(.background)): true
        case (.pinentry(named: nil), .pinentry(.notFound)): true
        case (.pinentry(let name), .pinentry(.noDisplay)): name == nil || !Pinentry.hasPlace(in: environment)
        default: false
        }
    }
}

extension String {
    /// The text without the colon and the space that end a terminal prompt.
    fileprivate var withoutColon: String {
        var text = self[...]
        while text.last == ":" || text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension SecretBytes {
    /// Whether both hold the same bytes; for two entries by one user, not for comparison with a stored secret.
    func equals(_ other: borrowing SecretBytes) -> Bool {
        withUnsafeBytes { a in other.withUnsafeBytes { b in a.elementsEqual(b) } }
    }
}
