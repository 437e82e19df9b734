import Linux
import Secrets

/// A window of zenity or kdialog.
public final class DialogChannel: PromptChannel {
    /// The longest answer that is kept, in bytes.
    private static let limit = 256
    /// Nobody reads a window and sends it away within so many milliseconds of its start: it never was one.
    private static let glance: Int64 = 500
    /// How long a display may take to say that it is there, in milliseconds; of one that goes it is heard at once.
    private static let answering: Int64 = 500
    /// When it takes itself down if nobody else does, in seconds.
    private static let timeout: Int64 = 600

    private let environment: Environment
    private var child: DetachedChild?
    private var request: PromptRequest?
    private var started = Deadline.now
    /// When to look again whether it has ended, and when it must have.
    private var look: Deadline?
    private var last: Deadline?
    /// It could not be started again.
    private var failure: PromptChannelError?

    /// Whether there is a program to show a window with.
    public static func isInstalled(in environment: Environment) -> Bool { Dialog.find(in: environment) != nil }

    /// A contender that starts the program when it is asked to.
    public init(in environment: Environment) { self.environment = environment }

    /// Shows the enquiry; `.unavailable` without a display or a program to show it with.
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

    /// The pipes that it prints to.
    public var descriptors: [Int32] { child?.descriptors ?? [] }

    /// When it is ending, soon.
    public var wakeup: Deadline? { look }

    /// Takes what it has printed; what that means is known once it has ended.
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

    /// Asks again in a window that says why.
    public func reject(_ reason: String, until moment: Deadline?) {
        guard var again = request else { return }
        withdraw()
        again.note = note(reason, until: moment)
        do throws(PromptChannelError) { try open(again) } catch {
            failure = error
            look = .now
        }
    }

    /// Ends it.
    public func withdraw() {
        child = nil
        (look, last) = (nil, nil)
    }

    private func reply(_ exitStatus: ExitStatus) throws(PromptChannelError) -> PromptAnswer? {
        let isCode = request?.kind == .code
        switch exitStatus {
        case .code(0): return isCode ? answer : .yes
        // Whoever ignores SIGCHLD loses how it ended; a code is printed only with the button that gives it.
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

    /// A window whose display went away ends with that code too, and zenity's without a word.
    private var lostDisplay: Bool {
        let timeout = Deadline.after(milliseconds: Self.answering)
        return !Display.named(in: environment).contains { $0.isServed(until: timeout) }
    }

    /// A window that could not be opened ends with the code of one that was sent away.
    private var neverShown: Bool {
        if Deadline.now.milliseconds - started.milliseconds < Self.glance { return true }
        let messages = child?.messages.lowercased() ?? ""
        return ["open display", "connect to display"].contains { messages.hasSubstring($0) }
    }
}

extension String {
    /// Whether `text` stands in it, compared by bytes.
    fileprivate func hasSubstring(_ text: String) -> Bool {
        let (all, part) = (Array(utf8), Array(text.utf8))
        guard all.count >= part.count else { return false }
        return (0...(all.count - part.count)).contains { all[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
