import Foundation

/// Writes a script that can be run at once.
///
/// A child that another test starts at this moment has the file open for writing until it becomes its own program, and so
/// long the kernel runs it for nobody (`ETXTBSY`). A lease for reading is given only where nobody writes: fcntl(2).
func writeScript(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    chmod(path, 0o755)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    let setLease: Int32 = 1024
    for _ in 0..<10_000 where fcntl(file, setLease, Int32(F_RDLCK)) != 0 { usleep(1000) }
}
