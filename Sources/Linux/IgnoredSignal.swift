import Glibc

/// A signal that this process ignores, and what it did before. The corresponding C function is `sigaction`.
public struct IgnoredSignal: @unchecked Sendable {
    private let number: Int32
    private let before: sigaction

    /// Ignores the signal from now on.
    public init(_ number: Int32) {
        self.number = number
        var ignore = sigaction()
        ignore.__sigaction_handler.sa_handler = SIG_IGN
        var before = sigaction()
        sigaction(number, &ignore, &before)
        self.before = before
    }

    /// Puts back what it did before.
    public func restore() {
        var before = before
        sigaction(number, &before, nil)
    }
}
