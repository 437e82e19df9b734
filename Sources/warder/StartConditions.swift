import Linux

/// Conditions that hold in this process from its start until it becomes another program.
enum StartConditions {
    /// In force before anything else runs.
    static let hardening = Hardening()

    /// The signals that are ignored from the beginning. A program that warder becomes gets back the original handling.
    static let signals = IgnoredSignal.ofWriting.map { IgnoredSignal($0) }
}
