import Linux
import Secrets
import Text

/// A pinentry: it shows the code as dots, and a confirmation with two buttons.
public final class PinentryChannel: PromptChannel {
    /// Where to show the prompt.
    public enum Place {
        /// On a display; `.unavailable` if there is none, or if the program is one for terminals.
        case display
        /// On the terminal whose foreground this process is in, which no other channel may use meanwhile;
        /// `.unavailable` if the given channel is shown on a display.
        case terminal(unless: PinentryChannel?)
    }

    /// The longest answer, in bytes.
    private static let limit = 64
    /// How long it may take to start, and to end, in milliseconds.
    private static let timeouts: (start: Int64, end: Int64) = (2000, 120)
    /// When it closes by itself if nothing else closes it, in seconds.
    private static let timeout: Int64 = 600

    private let name: String?
    private let environment: Environment
    private let place: Place
    private var conversation: Assuan?
    private var answer = AssuanAnswer(limit: 64)
    /// Replies still to arrive before the answer to the question.
    private var acknowledgements = 0
    private var kind = PromptRequest.Kind.code

    /// A channel that starts the program when a request is opened.
    ///
    /// - Parameter name: a path, or a name to find in `PATH`; nil for gpg-agent's pinentry.
    public init(named name: String?, at place: Place, in environment: Environment) {
        self.name = name
        self.place = place
        self.environment = environment
    }

    /// It is on screen.
    public var isShown: Bool { conversation != nil }

    /// Whether it reads from the terminal, so that no other channel may.
    public var needsTerminal: Bool {
        if case .terminal = place { return true }
        return false
    }

    /// Starts it, which takes two seconds at most, and shows the request.
    public func open(_ request: PromptRequest) throws(PromptChannelError) {
        let pinentry: Pinentry
        do throws(PinentryError) { pinentry = try Pinentry.find(named: name, in: environment) } catch {
            throw PromptChannelError(error)
        }
        let screen = try screen(for: pinentry)
        kind = request.kind
        acknowledgements = 0
        answer = AssuanAnswer(limit: Self.limit)
        do throws(AssuanError) {
            conversation = try start(pinentry, on: screen, request)
        } catch { throw PromptChannelError(error) }
    }

    /// The pipe that it answers on.
    public var descriptors: [Int32] { (conversation?.descriptor).map { [$0] } ?? [] }

    /// Never: everything it says arrives on the pipe.
    public var wakeup: Deadline? { nil }

    /// Reads what it has said.
    public func proceed() throws(PromptChannelError) -> PromptAnswer? {
        while conversation != nil {
            do throws(AssuanError) {
                guard try conversation?.proceed(&answer) == true else { return nil }
                guard acknowledgements == 0 else {
                    nextAnswer()
                    continue
                }
                return kind == .code ? .code(answer.data.copy()) : .yes
            } catch {
                if acknowledgements > 0, case .refused = error {
                    nextAnswer()
                    continue
                }
                if kind == .confirmation, error.isNo { return .no }
                throw PromptChannelError(error)
            }
        }
        return nil
    }

    /// Shows the reason, and asks again.
    public func reject(_ reason: String, until moment: Deadline?) {
        answer = AssuanAnswer(limit: Self.limit)
        acknowledgements = 1
        conversation?.begin("SETERROR", note(reason, until: moment))
        conversation?.begin(question)
    }

    /// Ends the program.
    public func withdraw() { conversation = nil }
}

extension PinentryChannel {
    private var question: String { kind == .code ? "GETPIN" : "CONFIRM" }

    private func nextAnswer() {
        acknowledgements -= 1
        answer = AssuanAnswer(limit: Self.limit)
    }

    private func screen(for pinentry: Pinentry) throws(PromptChannelError) -> Pinentry.Screen {
        switch place {
        case .display:
            guard environment.hasDisplay else { throw .unavailable("no display for a pinentry") }
            guard !pinentry.isForTerminals else { throw .unavailable("the pinentry is one for terminals") }
            return .display
        case .terminal(let other):
            guard other?.isShown != true else { throw .unavailable("the pinentry has a display") }
            guard let path = foregroundTerminalPath() else { throw .unavailable("no terminal for a pinentry") }
            return .terminal(path)
        }
    }

    private func start(
        _ pinentry: Pinentry, on screen: Pinentry.Screen, _ request: PromptRequest
    ) throws(AssuanError) -> Assuan {
        var started = try Assuan(
            with: pinentry.program, withheld: PassphraseSource.variables, apart: screen == .display,
            gracePeriod: Self.timeouts.end, until: .after(milliseconds: Self.timeouts.start))
        try pinentry.setUp(&started, on: screen)
        _ = try started.offer("SETTIMEOUT", String(Self.timeout))
        _ = try started.offer("SETTITLE", request.title)
        try started.tell("SETDESC", request.text)
        if let note = request.note { try started.tell("SETERROR", printable(note, limit: nameLimit)) }
        if request.kind == .code {
            try started.tell("SETPROMPT", "code:")
        } else {
            _ = try started.offer("SETOK", "allow")
            _ = try started.offer("SETCANCEL", "deny")
        }
        started.begin(question)
        return started
    }
}

extension AssuanError {
    /// Whether the user said no or cancelled, which most pinentries do not distinguish.
    fileprivate var isNo: Bool {
        switch self {
        case .refused(ErrorCode.canceled), .refused(ErrorCode.notConfirmed): true
        default: false
        }
    }
}

extension PromptChannelError {
    fileprivate init(_ error: AssuanError) {
        guard let error = PinentryError(error) else {
            self = .failed("a signal came")
            return
        }
        self.init(error)
    }

    fileprivate init(_ error: PinentryError) {
        switch error {
        case .notFound(let name): self = .unavailable("no program \(printable(name, limit: nameLimit))")
        case .noDisplay: self = .unavailable("nowhere for a pinentry to show itself")
        case .dismissed: self = .dismissed
        case .timedOut: self = .failed("the pinentry took too long")
        case .child(.notStarted): self = .failed("the pinentry cannot be started")
        case .child(.failed(_, _, let said)) where !said.isEmpty: self = .failed("the pinentry ended: " + said)
        case .child: self = .failed("the pinentry ended")
        case .unusable(let reason): self = .failed("the pinentry is of no use: " + reason)
        case .tooLong: self = .failed("the pinentry answered too much")
        case .different: self = .failed("the answers differ")
        case .stopped, .needless: self = .failed("it is not asked any more")
        }
    }
}
