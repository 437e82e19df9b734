import Linux
import Secrets

/// A request on the terminal, beside other waiting: a single `TerminalChannel`.
///
/// Signals that end or stop this process are blocked while it exists, and take effect in `proceed`.
public final class TerminalPrompt {
    private let request: PromptRequest
    private let place = TerminalChannel()
    private var hold: Hold? = Hold()

    /// Shows the request; earlier input is discarded.
    public init(_ request: PromptRequest) throws(PromptChannelError) {
        self.request = request
        try place.open(request)
    }

    deinit { place.withdraw() }

    /// The descriptors to poll (POLLIN) before calling `proceed`.
    public var descriptors: [Int32] { place.descriptors + (hold.map { [$0.signals.descriptor] } ?? []) }

    /// Reads the input so far; nil if the line is not complete yet.
    public func proceed() throws(PromptChannelError) -> PromptAnswer? {
        guard hold?.signals.arePending == true else { return try place.proceed() }
        place.withdraw()
        // This process may end here, or stop and continue.
        hold = nil
        hold = Hold()
        try place.open(request)
        return nil
    }

    /// Ends the line with the reason why no answer is needed any more; a half-typed answer is discarded.
    public func takeDown(_ why: String) { place.withdraw(because: why) }
}

/// Blocks signals while it exists.
private final class Hold {
    let signals = BlockedSignals()
    deinit { signals.release() }
}
