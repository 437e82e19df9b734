import Linux
import Secrets
import Text

/// The terminal whose foreground this process is in: one line, with echo.
public final class TerminalChannel: PromptChannel {
    /// The longest line to keep, in bytes.
    private static let limit = 64

    private var place: TerminalLine?
    private var typed = SecretBytes(capacity: 64)
    private var question = ""
    private var kind = PromptRequest.Kind.code
    /// The cursor is at the end of text that was shown.
    private var isMidLine = false
    /// Answers are not accepted until the moment in it.
    private var pause: Pause?

    private struct Pause {
        let note: String
        let moment: Deadline
        /// The text on the line now.
        var shown = ""
        /// When to change that text.
        var next = Deadline.now
    }

    /// A channel that opens the terminal when a request is opened.
    public init() {}

    /// Shows the request; `.unavailable` without a terminal, `.background` in its background.
    public func open(_ request: PromptRequest) throws(PromptChannelError) {
        do throws(TerminalError) { place = try TerminalLine() } catch {
            switch error {
            case .none: throw .unavailable("no terminal")
            case .background: throw .background
            default: throw .failed("the terminal cannot be used")
            }
        }
        kind = request.kind
        pause = nil
        question = request.line
        ask()
        // The note is shown once.
        question = request.withoutNote.line
    }

    /// The terminal.
    public var descriptors: [Int32] { (place?.descriptor).map { [$0] } ?? [] }

    /// The next second of a countdown.
    public var wakeup: Deadline? { pause?.next }

    /// Reads a line; Ctrl-D on an empty one throws `.dismissed`.
    public func proceed() throws(PromptChannelError) -> PromptAnswer? {
        guard place != nil, let outcome = place?.take(&typed, limit: Self.limit) else {
            countDown()
            return nil
        }
        switch outcome {
        case .dismissed: throw .dismissed
        case .background: throw .background
        case .gone: throw .failed("the terminal is gone")
        case .line: break
        }
        defer { typed.truncate(to: 0) }
        guard pause == nil else {
            countDown()
            return nil
        }
        isMidLine = false
        switch kind {
        case .code: return .code(typed.copy())
        case .confirmation: return isYes ? .yes : .no
        }
    }

    /// Shows the reason on its own line, counts down to `moment` if there is one, and asks again.
    public func reject(_ note: String, until moment: Deadline?) {
        let note = printable(note, limit: nameLimit)
        guard let moment, !moment.hasPassed else {
            show(note + "\n")
            return ask()
        }
        pause = Pause(note: note, moment: moment)
        place?.listen(echo: false)
        countDown()
    }

    /// Restores the terminal; a half-typed answer is discarded.
    public func withdraw() { withdraw(saying: "") }
}

extension TerminalChannel: ScrollbackChannel {
    func withdraw(because reason: String) { withdraw(saying: " " + reason) }

    private func withdraw(saying words: String) {
        if isMidLine { show(words + "\n") }
        // Input after an answer is meant for the shell.
        place?.restore(flushing: isMidLine)
        place = nil
        isMidLine = false
        pause = nil
        typed.truncate(to: 0)
    }

    private var isYes: Bool {
        typed.withUnsafeBytes { bytes in
            let letters = bytes.map { $0 | 0x20 }
            return letters == Array("y".utf8) || letters == Array("yes".utf8)
        }
    }

    /// Discards what was typed before the question: a command line typed ahead must not become a code.
    private func ask() {
        typed.truncate(to: 0)
        place?.listen(echo: true)
        show(question)
        isMidLine = true
    }

    private func countDown() {
        guard let current = pause else { return }
        let blank = String(repeating: " ", count: current.shown.count)
        if current.moment.hasPassed {
            show("\r" + blank + "\r")
            pause = nil
            return ask()
        }
        guard current.next.hasPassed else { return }
        let columns = place?.columns ?? 80
        let seconds = current.moment.seconds
        let text = String(note(current.note, until: current.moment).prefix(max(1, columns - 1)))
        show((isMidLine ? "\r" + blank + "\r" : "") + text)
        isMidLine = true
        pause?.shown = text
        pause?.next = Deadline(milliseconds: current.moment.milliseconds - (seconds - 1) * 1000)
    }

    private func show(_ text: String) { place?.show(text) }
}
