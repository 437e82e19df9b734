import Linux
import Prompt
import Text

/// What every command stands on: the environment, where files are, and whether somebody may be asked.
struct Context {
    let environment: Environment
    let places: Places
    /// Nobody is asked where `--no-prompt` or `WARDER_NO_PROMPT=1` says so.
    let mayPrompt: Bool
    /// This is the helper of an SDK: nobody expects a dialog, and nobody has long to wait.
    let isHelper: Bool
    /// What is said beside the answer.
    let remarks: Remarks

    init(noPrompt: Bool, isHelper: Bool = false, environment: Environment = .process) throws(Failure) {
        self.environment = environment
        places = try Places(environment)
        mayPrompt = !noPrompt && environment["WARDER_NO_PROMPT"] != "1"
        self.isHelper = isHelper
        remarks = Remarks(isHelper: isHelper)
    }

    /// Where systemd puts a unit's credentials (systemd.exec(5), LoadCredential=); nil outside of such a unit.
    var credentialsFolder: String? {
        environment.nonEmpty("CREDENTIALS_DIRECTORY").flatMap { $0.begins(with: "/") ? $0 : nil }
    }

    /// Says why `XDG_RUNTIME_DIR` is not gone by, where that is so.
    func sayWhyNoRuntimeFolder() {
        guard case .refused(let path, let fault) = places.runtimeFolder else { return }
        let why =
            switch fault {
            case .notAFolder: "it is no folder"
            case .foreign(let owner): "it belongs to user \(owner)"
            case .exposed(let mode): "others can write to it (mode \(String(mode, radix: 8)))"
            }
        remarks.add("XDG_RUNTIME_DIR is not used, as if it were not set: \(path): \(why)")
    }

    /// The desktop may show a dialog of its own.
    var mayShowDialog: Bool { mayPrompt && !isHelper }

    /// Somebody is there to be asked.
    var canAsk: Bool { mayPrompt && (try? Terminal.open()) != nil }

    /// Asks on the terminal; nil where nobody can be asked.
    func ask(_ question: String, hidden: Bool = false) throws(Failure) -> String? {
        guard mayPrompt, let terminal = try? Terminal.open() else { return nil }
        do throws(TerminalError) {
            let answer = try terminal.ask(printable(question), hidden: hidden, limit: 1024, until: Patience.deadline)
            return answer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        } catch { throw Failure(error, askingFor: "an answer") }
    }

    /// Asks a yes-or-no question.
    ///
    /// - Parameters:
    ///   - otherwise: what an empty answer means.
    ///   - unasked: what it means that nobody can be asked.
    func confirm(_ question: String, otherwise: Bool, unasked: Bool) throws(Failure) -> Bool {
        guard let answer = try ask(question + (otherwise ? " [Y/n] " : " [y/N] ")) else { return unasked }
        return answer.isEmpty ? otherwise : answer.lowercased().begins(with: "y")
    }

    /// A path that starts at the home folder as `~/…`, whole; any other relative path is the present folder's.
    func expanded(_ path: String) -> String {
        guard let rest = path.behind("~/"), let home = environment.nonEmpty("HOME") else { return path }
        return home + "/" + rest
    }
}
