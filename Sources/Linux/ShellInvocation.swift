import Glibc
import Text

/// How a process was started, as procfs shows it: whether it is a shell that only runs a command for its parent.
enum ShellInvocation {
    /// The names of shells.
    static let shells = ["sh", "dash", "bash", "zsh", "ksh", "mksh", "ash", "busybox"]

    /// Whether this is a shell that runs the command it was started with.
    ///
    /// - Parameters:
    ///   - executable: its path; nil if unreadable.
    ///   - arguments: its first arguments, as `arguments` reads them.
    static func runsCommand(executable: String?, _ arguments: [String]) -> Bool {
        // Prefer the executable where it is readable: any program can call itself `sh`.
        guard let shell = (executable ?? arguments.first).map(lastPart(ofPath:)), shells.holds(shell) else {
            return false
        }
        let isApplet = shell == "busybox" && arguments.first?.isSame(as: shell) == true
        guard let first = arguments.dropFirst(isApplet ? 2 : 1).first, first.begins(with: "-") else { return false }
        return !first.begins(with: "--") && first.holds("c")
    }

    /// The first arguments of a process, `argv[0]` among them.
    ///
    /// - Parameter path: its `cmdline` file.
    static func arguments(_ path: String) -> [String] {
        guard let file = try? Descriptor(opening: path, O_RDONLY) else { return [] }
        var bytes = [UInt8](repeating: 0, count: 1024)
        guard let count = try? file.readOnce(&bytes) else { return [] }
        return bytes[..<count].split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The target of a link in a process's procfs folder, without the mark that the kernel adds to a removed file.
func linkTarget(_ path: String) -> String? {
    let target = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { bytes -> String? in
        guard let base = bytes.baseAddress else { return nil }
        let count = readlink(path, base, bytes.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
    }
    guard let target else { return nil }
    let mark = " (deleted)"
    guard target.ends(with: mark), !fileExists(target) else { return target }
    return String(Substring(target.utf8.dropLast(mark.utf8.count)))
}
