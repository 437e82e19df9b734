import CLinux

/// Keeps this process's memory from other processes, before it reads the first secret.
public struct Hardening: Sendable {
    private let coreLimit: UInt64?

    /// Forbids a core dump, and `ptrace` and `/proc/self/mem` by the same user's other processes.
    ///
    /// Only the soft limit is lowered, so that `lift` can restore it for a program that warder becomes.
    public init() {
        _ = warder_set_dumpable(0)
        var previous: UInt64 = 0
        coreLimit = warder_forbid_core_dump(&previous) == 0 ? previous : nil
    }

    /// Restores the user's core limit just before `execve`; the kernel itself resets dumpable there.
    public func lift() {
        if let coreLimit { _ = warder_allow_core_dump(coreLimit) }
    }
}
