import Crypto
import Failures
import Linux
import Prompt
import Text

/// What every command needs: the environment, the paths of files, and whether it may prompt.
package struct Context {
    package let environment: Environment
    package let paths: Paths
    /// False if `--no-prompt` or `WARDER_NO_PROMPT=1` forbids prompts.
    package let mayPrompt: Bool
    /// An SDK started this process: the user does not expect a dialog, and the SDK does not wait long.
    package let isHelper: Bool
    /// What is outside of this process, apart from the environment.
    package let world: World
    /// Messages besides the answer.
    package let notices: Notices
    /// The settings of this machine, and its rules.
    package let machine: MachineSettings
    /// Where events are recorded; `record` adds who this process works for.
    package let events: any EventLog

    /// - Parameters:
    ///   - noPrompt: the command line forbids prompts.
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
        machine = MachineSettings(world.machineSettings)
        events = world.events ?? FileEventLog(paths, machine, world.waits, random: world.random)
    }

    /// Where the command writes.
    package var console: any Console { world.console }
    /// Where random bytes come from.
    package var random: RandomSource { world.random }
    /// How long warder waits for other processes and for people.
    package var waits: WaitLimits { world.waits }
    /// The time, in seconds since 1970.
    package var now: Int64 { world.timing.now().seconds }

    /// Opens the terminal, if this process is in its foreground.
    package func terminal() throws(TerminalError) -> Terminal { try world.terminal() }

    /// The folder where systemd puts a unit's credentials (systemd.exec(5), LoadCredential=); nil outside of such a
    /// unit.
    package var credentialsFolder: String? {
        environment.nonEmpty("CREDENTIALS_DIRECTORY").flatMap { $0.begins(with: "/") ? $0 : nil }
    }

    /// If `XDG_RUNTIME_DIR` is set but not used, says why.
    package func reportUnusedRuntimeFolder() {
        guard case .refused(let path, let fault) = paths.runtimeFolder else { return }
        notices.add("XDG_RUNTIME_DIR is not used, as if it were not set: \(path): \(fault.reason)")
    }

    /// The desktop may show its own dialog.
    package var mayShowDialog: Bool { mayPrompt && !isHelper }

    /// The user can be asked on the terminal.
    package var canAsk: Bool { mayPrompt && (try? terminal()) != nil }

    /// Asks on the terminal; nil if the user cannot be asked.
    package func ask(_ question: String, hidden: Bool = false) throws(Failure) -> String? {
        guard mayPrompt, let terminal = try? terminal() else { return nil }
        do throws(TerminalError) {
            let answer = try terminal.ask(
                printable(question), hidden: hidden, limit: 1024, until: PromptTimeout.deadline)
            return answer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        } catch { throw Failure(error, askingFor: "an answer") }
    }

    /// Asks a yes/no question.
    ///
    /// - Parameters:
    ///   - otherwise: what an empty answer means.
    ///   - unasked: the answer to assume if the user cannot be asked.
    package func confirm(_ question: String, otherwise: Bool, unasked: Bool) throws(Failure) -> Bool {
        guard let answer = try ask(question + (otherwise ? " [Y/n] " : " [y/N] ")) else { return unasked }
        return answer.isEmpty ? otherwise : answer.lowercased().begins(with: "y")
    }

    /// Expands a leading `~/` to the home folder; any other relative path is relative to the current folder.
    package func expanded(_ path: String) -> String {
        guard let rest = path.removingPrefix("~/"), let home = environment.nonEmpty("HOME") else { return path }
        return home + "/" + rest
    }
}

extension RuntimeFolder.Fault {
    /// Why the folder is not used, in words.
    package var reason: String {
        switch self {
        case .notAFolder: "it is not a folder"
        case .foreign(let owner): "it belongs to user \(owner)"
        case .exposed(let mode): "others can write to it (mode \(String(mode, radix: 8)))"
        }
    }
}
