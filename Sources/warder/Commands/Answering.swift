import Failures
import Glibc
import HandOff
import Linux
import Prompt
import Secrets
import Setup
import Text

/// Asks at the terminal for what processes wait for, and tells them: one that was chosen until it has what it wants, or
/// whoever comes, for ever.
final class Answering {
    private let watcher: Watcher
    private let chosen: Connection?
    private let context: Context
    private let isDismissal: Bool

    /// What is shown at the terminal, and whose it is.
    private var question: TerminalEnquiry?
    private var asked: Connection?
    /// Those that are not to be asked about, by their last number: answered, or left to others.
    private var settled: [ObjectIdentifier: Int] = [:]
    /// What became of the chosen one's enquiry, as far as it was heard.
    private var fate: Fate?
    private var nextTry: Deadline?
    /// When there is nothing to hope for any more of the chosen one.
    private var end: Deadline?
    private var isOver = false

    private enum Fate {
        /// It has taken an answer of ours.
        case taken
        /// It wants none any more.
        case elsewhere
    }

    /// - Parameters:
    ///   - chosen: nil for whoever comes.
    ///   - isAnswered: the chosen one was sent an answer already.
    ///   - isDismissal: that answer sends it away.
    init(
        _ watcher: Watcher, chosen: Connection?, _ context: Context, isAnswered: Bool = false, isDismissal: Bool = false
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

    /// A process that is stopped, or no warder at all, says nothing to an answer.
    private func expectWord(of connection: Connection) {
        if chosen != nil { end = .after(milliseconds: 15_000) }
    }

    /// Ends once the chosen one has what it wants.
    func run() throws(Failure) {
        while !isOver {
            try askNext()
            wait(for: watcher.descriptors + (question?.descriptors ?? []), until: nextMoment)
            for (connection, event) in watcher.proceed() { try take(event, of: connection) }
            if !isOver { try takeInput() }
            if end?.hasPassed == true { return try conclude() }
        }
    }

    private var nextMoment: Deadline? {
        let countdowns = watcher.waiting.compactMap { $0.enquiry?.notBefore }.filter { !$0.hasPassed }
        return ([watcher.wakeup, nextTry, end].compactMap { $0 } + countdowns).min()
    }

    // Asking

    private func askNext() throws(Failure) {
        guard question == nil, nextTry?.hasPassed != false else { return }
        nextTry = nil
        let candidates = watcher.waiting.filter { (chosen == nil || $0 === chosen) && isOpen($0) }
        guard let connection = candidates.first, let enquiry = connection.enquiry else { return }
        guard context.mayPrompt else {
            throw .notAllowed(wanting: enquiry.kind == .confirmation ? "a yes or no" : "a code")
        }
        do throws(ContenderError) {
            question = try TerminalEnquiry(enquiry.asShown)
            asked = connection
        } catch { try stand(TerminalError(error)) }
    }

    private func isOpen(_ connection: Connection) -> Bool {
        guard let enquiry = connection.enquiry, enquiry.notBefore?.hasPassed != false else { return false }
        return settled[ObjectIdentifier(connection)] != enquiry.number
    }

    /// The terminal gives nothing. Whoever stays waits for better times.
    private func stand(_ error: TerminalError) throws(Failure) {
        if chosen == nil {
            switch error {
            case .background: nextTry = .after(milliseconds: 1000)
            case .dismissed: if let asked { settle(asked) }
            default: throw Failure(error, askingFor: "a code")
            }
            return drop()
        }
        if error == .none { throw .nobodyToAsk(for: chosen?.lastEnquiry?.kind) }
        throw Failure(error, askingFor: chosen?.lastEnquiry?.kind == .confirmation ? "a yes or no" : "a code")
    }

    private func takeInput() throws(Failure) {
        guard let question, let asked else { return }
        let reply: Reply?
        do throws(ContenderError) { reply = try question.proceed() } catch { return try stand(TerminalError(error)) }
        guard let reply else { return }
        drop()
        guard asked.enquiry != nil, let answer = Answer(reply) else { return }
        settle(asked)
        // Where it does not get through, it is heard that the process is gone.
        _ = asked.answer(answer)
        expectWord(of: asked)
    }

    private func drop() { (question, asked) = (nil, nil) }

    private func settle(_ connection: Connection) {
        settled[ObjectIdentifier(connection)] = connection.enquiry?.number
    }

    // Hearing

    private func take(_ event: Connection.Event, of connection: Connection) throws(Failure) {
        guard chosen == nil || connection === chosen else { return }
        let profile = printable(connection.lastEnquiry?.profile ?? "")
        switch event {
        case .asked:
            (fate, end) = (nil, nil)
            if let note = connection.enquiry?.note { try repeated(note) }
        case .refused:
            settled[ObjectIdentifier(connection)] = nil
            try repeated(connection.enquiry?.refusal ?? "")
        case .taken:
            fate = .taken
            if chosen != nil { end = .after(milliseconds: 60_000) }
        case .withdrawn:
            takeDown(connection, "answered elsewhere")
            fate = .elsewhere
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

    /// The answer was of no use, and there is to be another one.
    private func repeated(_ note: String) throws(Failure) {
        warder.note(printable(note))
        if isDismissal { isOver = true }
        guard chosen != nil, !isDismissal, !context.canAsk else { return }
        throw Failure(.other, "the answer was of no use: \(note)", hint: "give another one: \(again)")
    }

    private var again: String { chosen?.lastEnquiry?.kind == .confirmation ? "warder mfa yes" : "warder mfa CODE" }

    private func takeDown(_ connection: Connection, _ why: String) {
        guard asked === connection else { return }
        question?.takeDown(why)
        drop()
    }

    /// The chosen one says no more.
    private func conclude() throws(Failure) {
        isOver = true
        let profile = printable(chosen?.lastEnquiry?.profile ?? "")
        if isDismissal { return note("\(profile): sent away") }
        guard let fate else { throw .silent }
        note(fate == .taken ? "\(profile): the answer was taken" : "\(profile): answered elsewhere")
    }
}

extension WaitingEnquiry {
    /// What the terminal shows; why it is asked again was said before.
    fileprivate var asShown: Enquiry { Enquiry(kind, profile: profile, device: device, caller: caller) }

    /// Why another answer is wanted, and from when.
    fileprivate var refusal: String {
        guard let notBefore, !notBefore.hasPassed else { return note ?? "" }
        return "\(note ?? ""); the next one in \((notBefore.remaining + 999) / 1000) s"
    }
}

extension Answer {
    /// Nil for an empty line in place of a code.
    fileprivate init?(_ reply: consuming Reply) {
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
    fileprivate init(_ error: ContenderError) {
        switch error {
        case .unavailable: self = .none
        case .background: self = .background
        case .dismissed: self = .dismissed
        case .failed: self = .system(SystemError(call: "read", path: "/dev/tty", code: EIO))
        }
    }
}
