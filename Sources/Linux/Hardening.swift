import CLinux

/// Keeps this process's memory from others, before the first secret is read.
public struct Hardening: Sendable {
    private let coreLimit: UInt64?

    /// No core dump, no `ptrace` and no `/proc/self/mem` for the same user's other processes.
    ///
    /// Only the soft limit goes down, so that `lift` can give it back to a program that warder becomes.
    public init() {
        _ = warder_set_dumpable(0)
        var previous: UInt64 = 0
        coreLimit = warder_forbid_core_dump(&previous) == 0 ? previous : nil
    }

    /// Gives the user's own core limit back, just before `execve`; dumpable is the kernel's to reset there.
    public func lift() {
        if let coreLimit { _ = warder_allow_core_dump(coreLimit) }
    }
}
