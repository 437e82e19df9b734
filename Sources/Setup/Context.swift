import Crypto
import Failures
import Linux
import Prompt
import Text

/// What every command stands on: the environment, where files are, and whether somebody may be asked.
package struct Context {
    package let environment: Environment
    package let paths: Paths
    /// Nobody is asked where `--no-prompt` or `WARDER_NO_PROMPT=1` says so.
    package let mayPrompt: Bool
    /// This is the helper of an SDK: nobody expects a dialog, and nobody has long to wait.
    package let isHelper: Bool
    /// What is outside of this process beside the environment.
    package let world: World
    /// What is said beside the answer.
    package let notices: Notices

    /// - Parameters:
    ///   - noPrompt: the command line says that nobody is to be asked.
    ///   - isHelper: an SDK started this process and reads its answer.
    package init(
        noPrompt: Bool, isHelper: Bool = false, environment: Environment = .process, world: World = .system
    ) throws(Failure) {
        self.environment = environment
        self.world = world
        paths = try Paths(environment)
        mayPrompt = !noPrompt && environment["WARDER_NO_PROMPT"] != "1"
        self.isHelper = isHelper
        notices = Notices(isHelper: isHelper, world.console)
    }

    /// Where the command speaks.
    package var console: any Console { world.console }
    /// Where random bytes come from.
    package var random: RandomSource { world.random }
    /// How long others are waited for.
    package var waits: WaitLimits { world.waits }
    /// The time, in seconds since 1970.
    package var now: Int64 { world.timing.now().seconds }

    /// Opens the terminal, where this process is in front of one.
    package func terminal() throws(TerminalError) -> Terminal { try world.terminal() }

    /// Where systemd puts a unit's credentials (systemd.exec(5), LoadCredential=); nil outside of such a unit.
    package var credentialsFolder: String? {
        environment.nonEmpty("CREDENTIALS_DIRECTORY").flatMap { $0.begins(with: "/") ? $0 : nil }
    }

    /// Says why `XDG_RUNTIME_DIR` is not gone by, where that is so.
    package func reportUnusedRuntimeFolder() {
        guard case .refused(let path, let fault) = paths.runtimeFolder else { return }
        let why =
            switch fault {
            case .notAFolder: "it is no folder"
            case .foreign(let owner): "it belongs to user \(owner)"
            case .exposed(let mode): "others can write to it (mode \(String(mode, radix: 8)))"
            }
        notices.add("XDG_RUNTIME_DIR is not used, as if it were not set: \(path): \(why)")
    }

    /// The desktop may show a dialog of its own.
    package var mayShowDialog: Bool { mayPrompt && !isHelper }

    /// Somebody is there to be asked.
    package var canAsk: Bool { mayPrompt && (try? terminal()) != nil }

    /// Asks on the terminal; nil where nobody can be asked.
    package func ask(_ question: String, hidden: Bool = false) throws(Failure) -> String? {
        guard mayPrompt, let terminal = try? terminal() else { return nil }
        do throws(TerminalError) {
            let answer = try terminal.ask(
                printable(question), hidden: hidden, limit: 1024, until: PromptTimeout.deadline)
            return answer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        } catch { throw Failure(error, askingFor: "an answer") }
    }

    /// Asks a yes-or-no question.
    ///
    /// - Parameters:
    ///   - otherwise: what an empty answer means.
    ///   - unasked: what it means that nobody can be asked.
    package func confirm(_ question: String, otherwise: Bool, unasked: Bool) throws(Failure) -> Bool {
        guard let answer = try ask(question + (otherwise ? " [Y/n] " : " [y/N] ")) else { return unasked }
        return answer.isEmpty ? otherwise : answer.lowercased().begins(with: "y")
    }

    /// A path that starts at the home folder as `~/…`, whole; any other relative path is the present folder's.
    package func expanded(_ path: String) -> String {
        guard let rest = path.removingPrefix("~/"), let home = environment.nonEmpty("HOME") else { return path }
        return home + "/" + rest
    }
}
