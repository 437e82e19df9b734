import Arguments
import Failures
import RemotePrompts
import Linux
import Prompt
import Secrets

struct MFA: Command {
    static let name = "mfa"
    static let answer = OptionalOperand("answer", .text, "The code, or yes or no; without it you are asked.")
    static let list = Flag("list", "List the waiting processes, and do not prompt; with --json as JSON.")
    static let watch = Flag("watch", "Keep running and ask whenever a process waits; Ctrl-C ends it.")
    static let dismiss = Flag("dismiss", "Dismiss the waiting process, without an answer.")
    static let pid = Option("pid", .number(1...Int64(Int32.max)), "Answer this process, of those in --list.")
    static var description: CommandDescription {
        CommandDescription(
            "Answers a process that waits for an MFA code, or a yes, and has no terminal.",
            """
            A language server, a unit, a job of cron: whatever runs without a
            terminal waits, and any terminal of the same user can answer it. A
            code is good for one of them; the others that wait for the same
            session get it from the cache.

            examples:
              warder mfa              ask me for what is wanted
              warder mfa 123456       answer the one that waits
              warder mfa yes          the same where it waits for a yes or no
              warder mfa --watch      keep running, as in a tmux pane
              warder mfa --list --json
            """,
            [answer, list, Shared.json, watch, dismiss, pid, Shared.noPrompt])
    }

    let given: Given
    private var list: Bool { given[Self.list] }
    private var watch: Bool { given[Self.watch] }
    private var dismiss: Bool { given[Self.dismiss] }
    private var answer: String? { given[Self.answer] }
    private var pid: Int32? { given[Self.pid].flatMap { Int32($0) } }

    private func checkModes() throws(Failure) {
        let modes = [list, watch, dismiss, answer != nil].filter { $0 }.count
        if modes > 1 {
            throw Failure(misused: Self.self, "--list, --watch, --dismiss and an answer exclude each other")
        }
        if given[Shared.json] && !list { throw Failure(misused: Self.self, "--json goes with --list") }
        if pid != nil && (list || watch) { throw Failure(misused: Self.self, "--pid goes with an answer") }
    }

    func run() throws {
        try checkModes()
        try answerOrShow()
    }

    private func answerOrShow() throws(Failure) {
        let context = try given.context()
        context.reportUnusedRuntimeFolder()
        let watcher: Watcher
        do throws(RemotePromptError) {
            watcher = try Watcher(try PromptFolder(runtime: context.paths.runtime), stays: watch)
        } catch { throw Failure(error) }
        if watch {
            note("waiting for processes that need an answer; Ctrl-C ends it")
            return try RemotePrompter(watcher, chosen: nil, context).run()
        }
        watcher.settle(until: .after(milliseconds: 1000), orFirstWord: .after(milliseconds: 10_000))
        if list { return try list(watcher.waiting) }
        let waiting = try wanted(watcher.waiting)
        if dismiss {
            let connection = try only(of: waiting, unless: false)
            guard connection.answer(.dismissal) else { throw .gone }
            return try RemotePrompter(watcher, chosen: connection, context, isDismissal: true).run()
        }
        guard let answer else {
            let connection = try picked(of: waiting, context)
            return try RemotePrompter(watcher, chosen: connection, context).run()
        }
        let connection = try give(answer, to: waiting)
        try RemotePrompter(watcher, chosen: connection, context, isAnswered: true).run()
    }

    /// Answers the one process that wants an answer of this kind.
    private func give(_ text: String, to waiting: [WaiterConnection]) throws(Failure) -> WaiterConnection {
        let kind: PromptRequest.Kind = ["yes", "no"].contains(text) ? .confirmation : .code
        let fitting = waiting.filter { $0.request?.kind == kind }
        guard !fitting.isEmpty else { throw .wanted(waiting.first?.request, notA: kind) }
        let connection = try only(of: fitting, unless: kind == .code)
        guard kind == .code else {
            guard connection.answer(text == "yes" ? .yes : .no) else { throw .gone }
            return connection
        }
        var bytes = SecretBytes(capacity: 64)
        bytes.append(text)
        guard connection.answer(.code(bytes)) else {
            throw Failure(.usage, "that is not a code", hint: "give the six digits of the device")
        }
        return connection
    }

    /// The processes that wait, or only the one that the user named.
    private func wanted(_ waiting: [WaiterConnection]) throws(Failure) -> [WaiterConnection] {
        guard !waiting.isEmpty else { throw .nobodyWaits }
        guard let pid else { return waiting }
        let named = waiting.filter { $0.request?.process == pid }
        guard !named.isEmpty else {
            throw Failure(.other, "process \(pid) does not wait for an answer", hint: "see which do: warder mfa --list")
        }
        return named
    }

    /// The process that an answer goes to without asking which.
    ///
    /// - Parameter sameDevice: several processes that wait for the same device count as one: the first to get a session
    ///   has it for all.
    private func only(of waiting: [WaiterConnection], unless sameDevice: Bool) throws(Failure) -> WaiterConnection {
        guard let first = waiting.first else { throw .nobodyWaits }
        let devices = devices(of: waiting)
        guard waiting.count == 1 || (sameDevice && devices == 1) else {
            printMessage(table(of: waiting))
            throw Failure(
                .usage,
                sameDevice ? "processes wait for codes of \(devices) devices" : "\(waiting.count) processes wait",
                hint: "choose one of them: warder mfa --pid PID")
        }
        return first
    }
}
