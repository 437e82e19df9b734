import Linux

/// What holds in this process from its start, until it becomes another program.
enum StartConditions {
    /// In force before anything else runs.
    static let hardening = Hardening()

    /// What is ignored from the beginning. A program that warder becomes gets back what it was started with.
    static let signals = IgnoredSignal.ofWriting.map { IgnoredSignal($0) }
}
