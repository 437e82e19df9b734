import Glibc
import Text

/// The program that this process works for, as the kernel reports it.
///
/// The program chooses its own name and folder: they tell honest programs apart, and do not stop a hostile one.
public struct Caller: Sendable, Equatable {
    /// Its process ID.
    public let process: pid_t
    /// When it started, in clock ticks since boot; together with `process` this is unique.
    public let started: UInt64
    /// Its name as the kernel reports it, at most 15 bytes; for a script, the script's name.
    public let name: String
    /// The path of its executable in its own mount namespace; nil if unreadable.
    public let executable: String?
    /// Its current folder; nil if unreadable.
    public let folder: String?
    /// Identifies its executable; nil if unreadable.
    let file: FileIdentity?
    /// Each process between it and this one was identified by its executable, not by a name that any program may take.
    let isCertain: Bool

    /// How many ancestors to look at.
    private static let depth = 32

    /// The nearest ancestor of `process` that is neither `sh -c` nor warder; nil if unknown.
    ///
    /// - Parameters:
    ///   - process: this process.
    ///   - processes: where procfs is mounted.
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

    /// Whether the caller runs one of the given executables.
    public enum ExecutableMatch: Equatable, Sendable {
        case runsOne
        /// Its path is one of them, but its file differs: that one was replaced since, or another was mounted over it.
        case runsFormer(path: String)
        /// It runs none of them, or its executable cannot be identified.
        case runsNone
    }

    /// Compares the caller's executable with the files at `paths`, by device and inode: a path means what the process's
    /// own mounts say.
    public func match(among paths: [String]) -> ExecutableMatch {
        guard isCertain, let file else { return .runsNone }
        if paths.contains(where: { FileIdentity(at: $0) == file }) { return .runsOne }
        guard let executable, paths.holds(executable) else { return .runsNone }
        return .runsFormer(path: executable)
    }
}

/// What procfs shows of a process at one moment.
private struct ProcessEntry {
    let number: pid_t
    let parent: pid_t
    let started: UInt64
    let name: String
    let executable: String?
    let file: FileIdentity?
    let folder: String?
    /// Its `argv[0]`.
    let arguments: [String]

    /// Nil if the process is gone, or its number was reused before the reading ended.
    init?(_ number: pid_t, in processes: String) {
        let folder = processes + "/\(number)"
        guard let before = StatLine(folder + "/stat") else { return nil }
        self.number = number
        parent = before.parent
        started = before.started
        name = before.name
        executable = linkTarget(folder + "/exe")
        file = FileIdentity(at: folder + "/exe")
        self.folder = linkTarget(folder + "/cwd")
        arguments = ShellInvocation.arguments(folder + "/cmdline")
        guard let after = StatLine(folder + "/stat"), after.started == started else { return nil }
    }

    /// The parent; nil if the parent changed during the reading.
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

    /// Whether this is a shell that runs the command it was started with.
    var isShellCommand: Bool { ShellInvocation.runsCommand(executable: executable, arguments) }

    /// Whether this is a warder; a hardened one keeps its executable unreadable.
    func isWarder(like own: ProcessEntry) -> Bool {
        if let file, let own = own.file { return file == own }
        if let executable, let own = own.executable { return executable.isSame(as: own) }
        return executable == nil && name.isSame(as: "warder")
    }
}

/// The content of a process's `stat` file, proc_pid_stat(5).
struct StatLine {
    let name: String
    let parent: pid_t
    let started: UInt64

    init?(_ path: String) {
        guard let text = try? readFile(path, limit: 4096) else { return nil }
        let found = text.withUnsafeBytes { line -> (name: String, parent: pid_t, started: UInt64)? in
            // The name may contain any byte but NUL, including parentheses and blanks; the fields after it contain
            // none.
            guard let start = line.firstIndex(of: UInt8(ascii: "(")), let end = line.lastIndex(of: UInt8(ascii: ")")),
                start < end
            else { return nil }
            // The line's third field is the first here: the parent is field 4, the start time field 22.
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
