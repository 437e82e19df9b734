import Glibc
import Linux
import Setup
import Text

/// Whether secrets can reach a swap area that is not encrypted.
enum SwappedMemory: Check {
    /// What a command holds locked at once, in bytes, measured: 128 KiB, and as much again to spare.
    private static let need = 256 * 1024

    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let areas = SwapArea.present().map { ($0.path, $0.protection()) }
        guard let path = areas.first(where: { $0.1 == .none })?.0 else {
            if let path = areas.first(where: { $0.1 == .unknown })?.0 {
                diagnosis.add(Remark("swap", at: path, "warder cannot tell whether this swap area is encrypted"))
            }
            return
        }
        var isFound = false
        if !canLockMemory(bytes: need) {
            diagnosis.add(lowLimit(swap: path))
            isFound = true
        }
        if let folder = swappedFolder(subject) {
            diagnosis.add(
                Finding(
                    "swap_unencrypted", .risky, at: path, "this swap area is not encrypted",
                    why: "the session-cache key is in a file in \(folder), which can be swapped out",
                    .run(asRoot("swapoff \(shellWord(path))"))))
            isFound = true
        }
        guard !isFound else { return }
        diagnosis.add(
            Remark(
                "swap", at: path,
                "this swap area is not encrypted; warder locks its secrets in memory, but its libraries and the programs "
                    + "it serves do not"))
    }

    /// Where the unlocked key is in a file that can be swapped: in tmpfs, and not in the kernel's keyring.
    private static func swappedFolder(_ subject: Subject) -> String? {
        guard (try? subject.store.get()) != nil, subject.isKeyringRefused, let folder = subject.folderInMemory else {
            return nil
        }
        var info = stat()
        guard stat(folder, &info) == 0 else { return nil }
        let mount = Mount.present(info.st_dev)
        return mount?.type == "ramfs" || mount?.options.contains("noswap") == true ? nil : folder
    }

    private static func lowLimit(swap: String) -> Finding {
        let limits = memoryLockLimits() ?? (0, 0)
        return Finding(
            "memory_lock_limit", .risky,
            "only \(limits.soft / 1024) KiB of memory may be locked, and the swap area \(swap) is not encrypted",
            why: "keys and session tokens may be swapped out while warder runs",
            .run(
                limits.hard >= UInt64(2 * need)
                    ? "ulimit -l \(min(limits.hard, 8 << 20) / 1024)"
                    : "echo \(shellWord("\(userName()) - memlock 8192")) | "
                        + asRoot("tee -a /etc/security/limits.d/warder.conf")))
    }
}
