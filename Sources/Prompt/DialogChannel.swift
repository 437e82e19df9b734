import Linux
import Secrets

/// A window of zenity or kdialog.
public final class DialogChannel: PromptChannel {
    /// The longest answer that is kept, in bytes.
    private static let limit = 256
    /// A window that closes within so many milliseconds was never shown: no user reads and dismisses one that fast.
    private static let glance: Int64 = 500
    /// How long a display may take to answer, in milliseconds; one that is shutting down closes the connection at once.
    private static let answering: Int64 = 500
    /// When the window closes by itself if nothing else closes it, in seconds.
    private static let timeout: Int64 = 600

    private let environment: Environment
    private var child: DetachedChild?
    private var request: PromptRequest?
    private var started = Deadline.now
    /// When to check again whether it has ended, and when it must have.
    private var look: Deadline?
    private var last: Deadline?
    /// Why the program could not be started again.
    private var failure: PromptChannelError?

    /// Whether a dialog program is installed.
    public static func isInstalled(in environment: Environment) -> Bool { Dialog.find(in: environment) != nil }

    /// A channel that starts the program when a request is opened.
    public init(in environment: Environment) { self.environment = environment }

    /// Shows the request; `.unavailable` without a display or a dialog program.
    public func open(_ request: PromptRequest) throws(PromptChannelError) {
        guard environment.hasDisplay else { throw .unavailable("no display for a dialog") }
        guard let dialog = Dialog.find(in: environment) else { throw .unavailable("neither zenity nor kdialog") }
        self.request = request
        (look, last, failure) = (nil, nil, nil)
        started = .now
        do throws(ChildError) {
            child = try DetachedChild(
                dialog.program, dialog.arguments(for: request, timeout: Self.timeout),
                withheld: PassphraseSource.variables, limit: Self.limit)
        } catch { throw .failed("the dialog cannot be started") }
    }

    /// The pipes of its output.
    public var descriptors: [Int32] { child?.descriptors ?? [] }

    /// Soon, while the program is ending.
    public var wakeup: Deadline? { look }

    /// Reads its output; the answer is known once it has ended.
    public func proceed() throws(PromptChannelError) -> PromptAnswer? {
        if let failure { throw failure }
        if let exitStatus = child?.proceed() { return try reply(exitStatus) }
        guard child?.isEnding == true else { return nil }
        let last = last ?? .after(milliseconds: 1000)
        if last.hasPassed { throw .failed("the dialog prints no more and does not end") }
        self.last = last
        look = .after(milliseconds: 5)
        return nil
    }

    /// Asks again in a new window that shows the reason.
    public func reject(_ reason: String, until moment: Deadline?) {
        guard var again = request else { return }
        withdraw()
        again.note = note(reason, until: moment)
        do throws(PromptChannelError) { try open(again) } catch {
            failure = error
            look = .now
        }
    }

    /// Ends the program.
    public func withdraw() {
        child = nil
        (look, last) = (nil, nil)
    }

    private func reply(_ exitStatus: ExitStatus) throws(PromptChannelError) -> PromptAnswer? {
        let isCode = request?.kind == .code
        switch exitStatus {
        case .code(0): return isCode ? answer : .yes
        // If this process inherited an ignored SIGCHLD, the exit status is lost; but only OK prints a code.
        case .unknown where isCode && child?.text.isEmpty == false: return answer
        case .unknown: throw .failed("nobody can tell how the dialog ended")
        case .code(let code):
            if neverShown { throw .failed("the dialog found no display") }
            guard code == 1 || code == 2 else { throw .failed("the dialog ended with code \(code)") }
            if lostDisplay { throw .failed("the display went away") }
            if isCode { throw .dismissed }
            return .no
        case .signal(let signal): throw .failed("signal \(signal) ended the dialog")
        }
    }

    private var answer: PromptAnswer? {
        guard let text = child?.text.copy() else { return nil }
        return .code(text)
    }

    /// A window that loses its display also exits with that code, and zenity without a message.
    private var lostDisplay: Bool {
        let timeout = Deadline.after(milliseconds: Self.answering)
        return !Display.named(in: environment).contains { $0.isServed(until: timeout) }
    }

    /// A window that could not be opened exits with the code of one that was dismissed.
    private var neverShown: Bool {
        if Deadline.now.milliseconds - started.milliseconds < Self.glance { return true }
        let messages = child?.messages.lowercased() ?? ""
        return ["open display", "connect to display"].contains { messages.hasSubstring($0) }
    }
}

extension String {
    /// Whether it contains `text`, compared by bytes.
    fileprivate func hasSubstring(_ text: String) -> Bool {
        let (all, part) = (Array(utf8), Array(text.utf8))
        guard all.count >= part.count else { return false }
        return (0...(all.count - part.count)).contains { all[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
