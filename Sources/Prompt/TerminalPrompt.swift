import Linux
import Secrets

/// An enquiry at the terminal that is waited for beside other things: a `TerminalChannel` that nobody runs against.
///
/// Signals that end or stop this process are held while it is there, and take effect in `proceed`.
public final class TerminalPrompt {
    private let request: PromptRequest
    private let place = TerminalChannel()
    private var hold: Hold? = Hold()

    /// Shows the enquiry; what was typed before is thrown away.
    public init(_ request: PromptRequest) throws(PromptChannelError) {
        self.request = request
        try place.open(request)
    }

    deinit { place.withdraw() }

    /// What to wait for (POLLIN) until `proceed` is called.
    public var descriptors: [Int32] { place.descriptors + (hold.map { [$0.signals.descriptor] } ?? []) }

    /// Takes what was typed; nil where that is no whole line yet.
    public func proceed() throws(PromptChannelError) -> PromptAnswer? {
        guard hold?.signals.arePending == true else { return try place.proceed() }
        place.withdraw()
        // Here this process ends, or stops and goes on.
        hold = nil
        hold = Hold()
        try place.open(request)
        return nil
    }

    /// Ends the line with a word on why it is not wanted any more; what was half typed is thrown away.
    public func takeDown(_ why: String) { place.withdraw(because: why) }
}

/// Holds signals as long as it is there.
private final class Hold {
    let signals = BlockedSignals()
    deinit { signals.release() }
}
