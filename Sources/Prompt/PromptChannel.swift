import Linux
import Secrets

/// One way to show a request, beside other channels; the first answer on any of them wins.
///
/// One loop on one thread drives all channels: none of them blocks, except briefly while a program starts.
public protocol PromptChannel: AnyObject {
    /// Shows the request. May be called again, after `withdraw`, for the next one.
    ///
    /// Throws `.unavailable` if it cannot be shown here; the other channels go on.
    func open(_ request: PromptRequest) throws(PromptChannelError)

    /// The descriptors to poll (POLLIN) before calling `proceed`.
    var descriptors: [Int32] { get }

    /// When to call `proceed` even if nothing has arrived; nil for never.
    var wakeup: Deadline? { get }

    /// Reads what has arrived; nil if the answer is not complete yet. Never blocks.
    ///
    /// `.dismissed` ends the request on all channels: the user sent it away. Any other error drops this channel alone.
    func proceed() throws(PromptChannelError) -> PromptAnswer?

    /// Rejects the answer that this channel returned last, and asks again on it.
    ///
    /// - Parameters:
    ///   - note: why, as `six digits, please`.
    ///   - moment: when an answer can be of use again, to which a channel counts down if it can; nil for at once.
    func reject(_ note: String, until moment: Deadline?)

    /// Withdraws the request, because another channel has the answer or none is needed any more. A half-typed answer is
    /// discarded. Returns within 200 ms, with everything gone: dialog, process, terminal settings.
    func withdraw()
}

/// Why a channel is out.
public enum PromptChannelError: Error, Equatable, Sendable {
    /// It cannot show anything; the reason, as `no terminal`, printable.
    case unavailable(String)
    /// It cannot show anything while this process is in the terminal's background; that may change.
    case background
    /// The user dismissed the request.
    case dismissed
    /// It failed after it had started; the reason, printable.
    case failed(String)
}

/// Why a request has no answer.
public enum PromptError: Error, Equatable, Sendable {
    /// No channel can show it; the reason of each, in order.
    case nowhere([String])
    /// The user dismissed it.
    case dismissed
    /// The user did not answer in time.
    case timedOut
    /// Ctrl-Z: this process must stop, once it holds nothing that others wait for.
    case stopped
}
