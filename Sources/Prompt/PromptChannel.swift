import Linux
import Secrets

/// A place where an enquiry is shown beside other places; whichever gets the first answer wins.
///
/// One loop on one thread drives all of them: nothing here waits, but for the moment that a program takes to start.
public protocol PromptChannel: AnyObject {
    /// Shows the enquiry. May be called again, after `withdraw`, for the next one.
    ///
    /// Throws `.unavailable` where it cannot be shown here, which leaves the others in the race.
    func open(_ request: PromptRequest) throws(PromptChannelError)

    /// What `poll` is to wait for (POLLIN) until `proceed` is called.
    var descriptors: [Int32] { get }

    /// When `proceed` is to be called though nothing came; nil for never.
    var wakeup: Deadline? { get }

    /// Takes what is there; nil where that is no whole answer yet. Never blocks.
    ///
    /// `.dismissed` ends the race for all: somebody said no. Any other error drops this contender alone.
    func proceed() throws(PromptChannelError) -> PromptAnswer?

    /// The answer given here last is of no use, and another one is asked for in the same place.
    ///
    /// - Parameters:
    ///   - note: why, as `six digits, please`.
    ///   - moment: no answer is of use before it, so a place that can counts down to it; nil for at once.
    func reject(_ note: String, until moment: Deadline?)

    /// Takes the enquiry away, because another place has the answer, or nobody wants it any more. What was half typed
    /// is thrown away. Returns at the latest 200 ms later, with everything gone: dialog, process, terminal settings.
    func withdraw()
}

/// Why a contender is out of the race.
public enum PromptChannelError: Error, Equatable, Sendable {
    /// Nothing can be shown here; the reason, as `no terminal`, printable.
    case unavailable(String)
    /// Nothing can be shown now, since this process is in the background of the terminal; it may come to the front.
    case background
    /// Somebody saw it and sent it away.
    case dismissed
    /// It worked and then did not; the reason, printable.
    case failed(String)
}

/// Why an enquiry has no answer.
public enum PromptError: Error, Equatable, Sendable {
    /// No place can show it; the reason of each, in order.
    case nowhere([String])
    /// Somebody sent it away.
    case dismissed
    /// Nobody answered in time.
    case timedOut
    /// Ctrl-Z: this process is to stop, once it holds nothing that others wait for.
    case stopped
}
