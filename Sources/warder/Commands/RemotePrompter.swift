import AuditLog
import Failures
import Glibc
import RemotePrompts
import Linux
import Prompt
import Secrets
import Setup
import Text

/// Prompts at the terminal on behalf of waiting processes and sends them the answers: for one chosen process until it
/// has what it needs, or for any process, forever.
final class RemotePrompter {
    private let watcher: Watcher
    private let chosen: WaiterConnection?
    private let context: Context
    private let isDismissal: Bool

    /// The prompt on the terminal, and the process that it is for.
    private var prompt: TerminalPrompt?
    private var asked: WaiterConnection?
    /// Processes to leave alone, by the number of their last request: the user answered it or left it to others.
    private var settled: [ObjectIdentifier: Int] = [:]
    /// The outcome of the chosen process's request, as far as it is known.
    private var answerState: AnswerState?
    private var nextTry: Deadline?
    /// When to give up on the chosen process.
    private var end: Deadline?
    private var isOver = false

    private enum AnswerState {
        /// It accepted an answer from this prompter.
        case taken
        /// It no longer wants an answer.
        case elsewhere
    }

    /// - Parameters:
    ///   - chosen: nil for any process.
    ///   - isAnswered: the chosen process was already sent an answer.
    ///   - isDismissal: that answer dismisses the process.
    init(
        _ watcher: Watcher, chosen: WaiterConnection?, _ context: Context, isAnswered: Bool = false,
        isDismissal: Bool = false
    ) {
        self.watcher = watcher
        self.chosen = chosen
        self.context = context
        self.isDismissal = isDismissal
        if let chosen, isAnswered || isDismissal {
            settle(chosen)
            expectWord(of: chosen)
        }
    }

    /// A process that is stopped, or is not warder at all, does not acknowledge an answer.
    private func expectWord(of connection: WaiterConnection) {
        if chosen != nil { end = .after(milliseconds: 15_000) }
    }

    /// Returns once the chosen process has what it needs.
    func run() throws(Failure) {
        while !isOver {
            try askNext()
            wait(for: watcher.descriptors + (prompt?.descriptors ?? []), until: nextMoment)
            for (connection, event) in watcher.proceed() { try take(event, of: connection) }
            if !isOver { try takeInput() }
            if end?.hasPassed == true { return try conclude() }
        }
    }

    private var nextMoment: Deadline? {
        let countdowns = watcher.waiting.compactMap { $0.request?.notBefore }.filter { !$0.hasPassed }
        return ([watcher.wakeup, nextTry, end].compactMap { $0 } + countdowns).min()
    }

    // Asking

    private func askNext() throws(Failure) {
        guard prompt == nil, nextTry?.hasPassed != false else { return }
        nextTry = nil
        let candidates = watcher.waiting.filter { (chosen == nil || $0 === chosen) && isOpen($0) }
        guard let connection = candidates.first, let request = connection.request else { return }
        guard context.mayPrompt else {
            throw .notAllowed(wanting: request.kind == .confirmation ? "a yes or no" : "a code")
        }
        do throws(PromptChannelError) {
            prompt = try TerminalPrompt(request.asShown)
            asked = connection
        } catch { try stand(TerminalError(error)) }
    }

    private func isOpen(_ connection: WaiterConnection) -> Bool {
        guard let request = connection.request, request.notBefore?.hasPassed != false else { return false }
        return settled[ObjectIdentifier(connection)] != request.number
    }

    /// Handles a terminal that cannot prompt. With `--watch`, waits until it can.
    private func stand(_ error: TerminalError) throws(Failure) {
        if chosen == nil {
            switch error {
            case .background: nextTry = .after(milliseconds: 1000)
            case .dismissed: if let asked { settle(asked) }
            default: throw Failure(error, askingFor: "a code")
            }
            return drop()
        }
        if error == .none { throw .nobodyToAsk(for: chosen?.lastRequest?.kind) }
        throw Failure(error, askingFor: chosen?.lastRequest?.kind == .confirmation ? "a yes or no" : "a code")
    }

    private func takeInput() throws(Failure) {
        guard let prompt, let asked else { return }
        let reply: PromptAnswer?
        do throws(PromptChannelError) { reply = try prompt.proceed() } catch { return try stand(TerminalError(error)) }
        guard let reply else { return }
        drop()
        guard asked.request != nil, let answer = RemoteAnswer(reply) else { return }
        settle(asked)
        // If the answer cannot be delivered, a `gone` event follows.
        _ = asked.answer(answer)
        expectWord(of: asked)
    }

    private func drop() { (prompt, asked) = (nil, nil) }

    private func settle(_ connection: WaiterConnection) {
        settled[ObjectIdentifier(connection)] = connection.request?.number
    }

    // Hearing

    private func take(_ event: WaiterConnection.Event, of connection: WaiterConnection) throws(Failure) {
        guard chosen == nil || connection === chosen else { return }
        let profile = printable(connection.lastRequest?.profile ?? "")
        switch event {
        case .asked:
            (answerState, end) = (nil, nil)
            if let note = connection.request?.note { try repeated(note) }
        case .rejected:
            settled[ObjectIdentifier(connection)] = nil
            try repeated(connection.request?.rejection ?? "")
        case .taken:
            answerState = .taken
            context.record(Event(.answered, profile: connection.lastRequest?.profile))
            if chosen != nil { end = .after(milliseconds: 60_000) }
        case .withdrawn:
            takeDown(connection, "answered elsewhere")
            answerState = .elsewhere
            if chosen != nil { end = .after(milliseconds: 15_000) }
        case .concluded(let text, let succeeded):
            takeDown(connection, "answered elsewhere")
            isOver = chosen != nil
            guard chosen == nil || succeeded || isDismissal else {
                throw Failure(.other, text, hint: "see what \(profile) needs: warder explain \(shellWord(profile))")
            }
            note(printable(text))
        case .gone:
            takeDown(connection, "the process is gone")
            settled[ObjectIdentifier(connection)] = nil
            if chosen != nil && !isOver { try conclude() }
        }
    }

    /// The answer was rejected, and another one is needed.
    private func repeated(_ note: String) throws(Failure) {
        warder.note(printable(note))
        if isDismissal { isOver = true }
        guard chosen != nil, !isDismissal, !context.canAsk else { return }
        throw Failure(.other, "the answer was rejected: \(note)", hint: "give another one: \(again)")
    }

    private var again: String { chosen?.lastRequest?.kind == .confirmation ? "warder mfa yes" : "warder mfa CODE" }

    private func takeDown(_ connection: WaiterConnection, _ why: String) {
        guard asked === connection else { return }
        prompt?.takeDown(why)
        drop()
    }

    /// The chosen process sends nothing more.
    private func conclude() throws(Failure) {
        isOver = true
        let profile = printable(chosen?.lastRequest?.profile ?? "")
        if isDismissal { return note("\(profile): dismissed") }
        guard let answerState else { throw .silent }
        note(answerState == .taken ? "\(profile): the answer was taken" : "\(profile): answered elsewhere")
    }
}

extension PendingRequest {
    /// The request as the terminal shows it; the reason for asking again was already printed.
    fileprivate var asShown: PromptRequest { PromptRequest(kind, profile: profile, device: device, caller: caller) }

    /// Why another answer is needed, and when.
    fileprivate var rejection: String {
        guard let notBefore, !notBefore.hasPassed else { return note ?? "" }
        return "\(note ?? ""); the next one in \((notBefore.remaining + 999) / 1000) s"
    }
}

extension RemoteAnswer {
    /// Nil for an empty line instead of a code.
    fileprivate init?(_ reply: consuming PromptAnswer) {
        switch consume reply {
        case .code(let typed):
            guard !typed.isEmpty else { return nil }
            self = .code(typed)
        case .yes: self = .yes
        case .no: self = .no
        }
    }
}

extension TerminalError {
    fileprivate init(_ error: PromptChannelError) {
        switch error {
        case .unavailable: self = .none
        case .background: self = .background
        case .dismissed: self = .dismissed
        case .failed: self = .system(SystemError(call: "read", path: "/dev/tty", code: EIO))
        }
    }
}
