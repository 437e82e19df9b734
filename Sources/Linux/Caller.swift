import Glibc
import Text

/// The program on whose behalf this one runs, as the kernel knows it.
///
/// Its name and its folder are what that program has chosen: they tell honest programs apart, and stop no other.
public struct Caller: Sendable, Equatable {
    /// Its process.
    public let process: pid_t
    /// When it started, in ticks since the machine did; with `process`, no other program had both.
    public let started: UInt64
    /// Its name as the kernel has it, at most 15 bytes; for a script the script's.
    public let name: String
    /// The path of its file; nil where that cannot be read. It is the path of the process's own mounts.
    public let executable: String?
    /// Its present folder; nil where that cannot be read.
    public let folder: String?
    /// Which file it runs; nil where that cannot be seen.
    let file: FileIdentity?
    /// Every process between it and this one is known by its file, not by a name that any program may have.
    let isCertain: Bool

    /// How many processes up at most.
    private static let depth = 32

    /// The first program above `process` that is no `sh -c` and no warder; nil where it cannot be told.
    ///
    /// - Parameters:
    ///   - process: this process.
    ///   - processes: where the kernel shows processes.
    public init?(of process: pid_t = getpid(), in processes: String = "/proc") {
        guard let own = ProcessEntry(process, in: processes) else { return nil }
        var child = own
        var isCertain = true
        for _ in 0..<Self.depth {
            guard let parent = child.parentEntry(in: processes) else { return nil }
            child = parent
            let isLast = parent.parent <= 1
            if isLast || !(parent.isShellCommand || parent.isWarder(like: own)) {
                self.init(parent, isCertain: isCertain)
                return
            }
            isCertain = isCertain && parent.file != nil
        }
        return nil
    }

    private init(_ entry: ProcessEntry, isCertain: Bool) {
        process = entry.number
        started = entry.started
        name = entry.name
        executable = entry.executable
        folder = entry.folder
        file = entry.file
        self.isCertain = isCertain
    }

    /// Whether it runs one of the files that stand at `paths`.
    public enum ExecutableMatch: Equatable, Sendable {
        case runsOne
        /// It has the path of one, and runs another file: that one was replaced since, or another was mounted over it.
        case runsFormer(path: String)
        /// It runs none of them, or what it runs cannot be told.
        case runsNone
    }

    /// Which of the files at `paths` it runs, by device and inode: a path means what the process's own mounts say.
    public func match(among paths: [String]) -> ExecutableMatch {
        guard isCertain, let file else { return .runsNone }
        if paths.contains(where: { FileIdentity(at: $0) == file }) { return .runsOne }
        guard let executable, paths.holds(executable) else { return .runsNone }
        return .runsFormer(path: executable)
    }
}

/// What the kernel shows of a process at one moment.
private struct ProcessEntry {
    let number: pid_t
    let parent: pid_t
    let started: UInt64
    let name: String
    let executable: String?
    let file: FileIdentity?
    let folder: String?
    /// The first of its arguments.
    let arguments: [String]

    /// Nil for a process that is gone, or another one by the end of the reading.
    init?(_ number: pid_t, in processes: String) {
        let folder = processes + "/\(number)"
        guard let before = StatLine(folder + "/stat") else { return nil }
        self.number = number
        parent = before.parent
        started = before.started
        name = before.name
        executable = link(folder + "/exe")
        file = FileIdentity(at: folder + "/exe")
        self.folder = link(folder + "/cwd")
        arguments = Self.arguments(folder + "/cmdline")
        guard let after = StatLine(folder + "/stat"), after.started == started else { return nil }
    }

    /// The process above, which still is that when it has been read.
    func parentEntry(in processes: String) -> ProcessEntry? {
        var parent = parent
        for _ in 0..<3 {
            guard parent > 0 else { return nil }
            let entry = ProcessEntry(parent, in: processes)
            guard let now = StatLine(processes + "/\(number)/stat"), now.started == started else { return nil }
            if let entry, now.parent == parent { return entry }
            parent = now.parent
        }
        return nil
    }

    /// A shell that runs the command that it was started with.
    var isShellCommand: Bool {
        let shells = ["sh", "dash", "bash", "zsh", "ksh", "mksh", "ash", "busybox"]
        // The file, where it can be read: any program can call itself `sh`.
        guard let shell = (executable ?? arguments.first).map(lastPart(ofPath:)), shells.holds(shell) else {
            return false
        }
        let isApplet = shell == "busybox" && arguments.first?.isSame(as: shell) == true
        guard let first = arguments.dropFirst(isApplet ? 2 : 1).first, first.begins(with: "-") else { return false }
        return !first.begins(with: "--") && first.holds("c")
    }

    /// A warder; its file cannot be read where it keeps its memory from others.
    func isWarder(like own: ProcessEntry) -> Bool {
        if let file, let own = own.file { return file == own }
        if let executable, let own = own.executable { return executable.isSame(as: own) }
        return executable == nil && name.isSame(as: "warder")
    }

    private static func arguments(_ path: String) -> [String] {
        guard let file = try? Descriptor(opening: path, O_RDONLY) else { return [] }
        var bytes = [UInt8](repeating: 0, count: 1024)
        guard let count = try? file.readOnce(&bytes) else { return [] }
        return bytes[..<count].split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A process's line in `stat`, proc_pid_stat(5).
private struct StatLine {
    let name: String
    let parent: pid_t
    let started: UInt64

    init?(_ path: String) {
        guard let text = try? readFile(path, limit: 4096) else { return nil }
        let found = text.withUnsafeBytes { line -> (name: String, parent: pid_t, started: UInt64)? in
            // The name may hold any byte but NUL, parentheses and blanks too; what comes after it holds none.
            guard let start = line.firstIndex(of: UInt8(ascii: "(")), let end = line.lastIndex(of: UInt8(ascii: ")")),
                start < end
            else { return nil }
            // The third field of the line is the first here: the parent is the fourth, the start the 22nd.
            let fields = line[(end + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 20)
            guard fields.count > 19, let parent = pid_t(Self.text(fields[1])),
                let started = UInt64(Self.text(fields[19]))
            else { return nil }
            return (Self.text(line[(start + 1)..<end]), parent, started)
        }
        guard let found else { return nil }
        (name, parent, started) = found
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

/// What a link in a process's folder points to. The kernel marks what was removed meanwhile; the mark is taken off.
private func link(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count - 1)
    guard count > 0 else { return nil }
    let target = bytes.withUnsafeBytes { String(decoding: $0[..<count], as: UTF8.self) }
    let mark = " (deleted)"
    guard target.ends(with: mark), !fileExists(target) else { return target }
    return String(Substring(target.utf8.dropLast(mark.utf8.count)))
}
