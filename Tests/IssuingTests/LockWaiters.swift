import Foundation
import Glibc

/// How many wait for a lock on the file, as the kernel tells it (proc_locks(5)): each is a line with an arrow.
func waiters(on path: String) -> Int {
    guard let name = kernelName(of: path) else { return 0 }
    return lockLines().count { $0.contains("->") && fields($0).suffix(3).first == name }
}

/// Whether this kernel tells who waits for a lock.
let kernelTellsWaiters: Bool = {
    let path = NSTemporaryDirectory() + "warder-locks-" + UUID().uuidString
    defer { unlink(path) }
    guard FileManager.default.createFile(atPath: path, contents: nil) else { return false }
    return kernelName(of: path) != nil
}()

/// Waits until `condition` holds, for ten seconds at most; whether it does.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<5_000 {
        if condition() { return true }
        usleep(2_000)
    }
    return false
}

/// The file as the kernel names it beside its locks: not by the number that `stat` gives where file systems lie one over
/// another. A lock of one's own, far behind those of warder, tells.
private func kernelName(of path: String) -> String? {
    let file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let place = Int.random(in: (1 << 61)..<(1 << 62))
    var lock = flock()
    lock.l_type = Int16(F_RDLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = place
    lock.l_len = 1
    // F_OFD_SETLK of fcntl(2), which the module map leaves out.
    guard withUnsafeMutablePointer(to: &lock, { fcntl(file, 37, $0) }) == 0 else { return nil }
    for _ in 0..<20 {
        for line in lockLines() where fields(line).suffix(2).allSatisfy({ $0 == String(place) }) {
            return fields(line).suffix(3).first
        }
    }
    return nil
}

private func lockLines() -> [Substring] {
    let text = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { Substring($0) }
}

private func fields(_ line: Substring) -> [String] { line.split(separator: " ").map(String.init) }
