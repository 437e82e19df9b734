import Glibc

/// Identifies a file's content without reading it: another file, or a modified one, has another fingerprint. Empty if
/// the file cannot be seen. The corresponding C function is `stat`.
public func fileFingerprint(_ path: String) -> String {
    var info = stat()
    guard stat(path, &info) == 0 else { return "" }
    return "\(info.st_dev) \(info.st_ino) \(info.st_size) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec) "
        + "\(info.st_ctim.tv_sec).\(info.st_ctim.tv_nsec)"
}

/// Identifies this process's network namespace (namespaces(7)). The corresponding C function is `readlink`.
public func networkFingerprint() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
        let count = text.baseAddress.map { readlink("/proc/self/ns/net", $0, text.count) } ?? 0
        return String(decoding: text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Identifies this process's controlling terminal, and whether the process is in its foreground. The corresponding C
/// functions are `tcgetsid` and `tcgetpgrp`.
public func terminalFingerprint() -> String {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return "none" }
    defer { close(terminal) }
    return "\(tcgetsid(terminal)) \(tcgetpgrp(terminal) == getpgrp() ? "front" : "behind")"
}
