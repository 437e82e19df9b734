import Glibc

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
    /// The path of its file; nil where that cannot be read.
    public let executable: String?
    /// Its present folder; nil where that cannot be read.
    public let folder: String?

    /// How many processes up at most.
    private static let depth = 32

    /// The first program above `process` that is no `sh -c` and no warder; nil where it cannot be told.
    ///
    /// - Parameters:
    ///   - process: this process.
    ///   - processes: where the kernel shows processes.
    public init?(of process: pid_t = getpid(), in processes: String = "/proc") {
        let own = link(processes + "/\(process)/exe")
        guard var child = ProcessEntry(process, in: processes) else { return nil }
        for _ in 0..<Self.depth {
            guard let parent = child.parentEntry(in: processes) else { return nil }
            child = parent
            let isLast = parent.parent <= 1
            if isLast || !(parent.isShellCommand || parent.isWarder(own)) {
                self.init(parent)
                return
            }
        }
        return nil
    }

    private init(_ entry: ProcessEntry) {
        process = entry.number
        started = entry.started
        name = entry.name
        executable = entry.executable
        folder = entry.folder
    }
}

/// Whether another process of this program has started `process`, as `warder WORD`.
///
/// One that keeps its memory from others shows them no file of its own, and nothing at all where `/proc` is mounted
/// with `hidepid`: then only its arguments tell, or nothing does. No shell is like that.
///
/// - Parameter processes: where the kernel shows processes.
public func isStarted(byThisProgramAs word: String, _ process: pid_t = getpid(), in processes: String = "/proc") -> Bool
{
    let own = link(processes + "/\(process)/exe")
    guard let entry = ProcessEntry(process, in: processes), entry.parent > 1 else { return false }
    guard let parent = entry.parentEntry(in: processes) else {
        return Status(processes + "/\(entry.parent)/stat") == nil
            && Status(processes + "/\(process)/stat")?.parent == entry.parent
    }
    guard parent.arguments.prefix(2) == ["warder", word] else { return false }
    return parent.executable == nil || parent.executable == own
}

/// What the kernel shows of a process at one moment.
private struct ProcessEntry {
    let number: pid_t
    let parent: pid_t
    let started: UInt64
    let name: String
    let executable: String?
    let folder: String?
    /// The first of its arguments.
    let arguments: [String]

    /// Nil for a process that is gone, or another one by the end of the reading.
    init?(_ number: pid_t, in processes: String) {
        let folder = processes + "/\(number)"
        guard let before = Status(folder + "/stat") else { return nil }
        self.number = number
        parent = before.parent
        started = before.started
        name = before.name
        executable = link(folder + "/exe")
        self.folder = link(folder + "/cwd")
        arguments = Self.arguments(folder + "/cmdline")
        guard let after = Status(folder + "/stat"), after.started == started else { return nil }
    }

    /// The process above, which still is that when it has been read.
    func parentEntry(in processes: String) -> ProcessEntry? {
        var parent = parent
        for _ in 0..<3 {
            guard parent > 0 else { return nil }
            let entry = ProcessEntry(parent, in: processes)
            guard let now = Status(processes + "/\(number)/stat"), now.started == started else { return nil }
            if let entry, now.parent == parent { return entry }
            parent = now.parent
        }
        return nil
    }

    /// A shell that runs the command that it was started with.
    var isShellCommand: Bool {
        let shells = ["sh", "dash", "bash", "zsh", "ksh", "mksh", "ash", "busybox"]
        // The file, where it can be read: any program can call itself `sh`.
        guard let shell = executable ?? arguments.first, shells.contains(lastPart(shell)) else { return false }
        let options = arguments.dropFirst(lastPart(shell) == "busybox" && arguments.first == "busybox" ? 2 : 1)
        guard let first = options.first, first.hasPrefix("-"), !first.hasPrefix("--") else { return false }
        return first.contains("c")
    }

    /// A warder; its file cannot be read where it keeps its memory from others.
    func isWarder(_ own: String?) -> Bool {
        if let executable, let own { return executable == own }
        return executable == nil && name == "warder"
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
private struct Status {
    let name: String
    let parent: pid_t
    let started: UInt64

    init?(_ path: String) {
        guard let text = try? readFile(path, limit: 4096) else { return nil }
        let line = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        // The name may hold spaces and parentheses of its own; what comes after it does not.
        guard let start = line.firstIndex(of: "("), let end = line.lastIndex(of: ")"), start < end else { return nil }
        // The third field of the line is the first here: the parent is the fourth, the start the 22nd.
        let fields = line[line.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let parent = pid_t(fields[1]), let started = UInt64(fields[19]) else { return nil }
        name = String(line[line.index(after: start)..<end])
        self.parent = parent
        self.started = started
    }
}

/// What a link in a process's folder points to. The kernel marks what was removed meanwhile; the mark is taken off.
private func link(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count - 1)
    guard count > 0 else { return nil }
    let target = bytes.withUnsafeBytes { String(decoding: $0[..<count], as: UTF8.self) }
    let mark = " (deleted)"
    return target.hasSuffix(mark) && !stands(target) ? String(target.dropLast(mark.count)) : target
}

func lastPart(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
}
