import Glibc
import Text

/// The program that this process works for, as a log names it: found as a `Caller` is, but with a third of its system
/// calls, since every answer pays for them. Unlike a `Caller`, it may describe a process that has just been replaced.
public struct CallerSummary: Sendable, Equatable {
    /// Its process ID.
    public let process: pid_t
    /// Its name as the kernel reports it, or that of its executable where the kernel cut the name; for a script, the
    /// script's name.
    public let program: String
    /// Its current folder; nil if unreadable.
    public let folder: String?

    /// A summary made of its parts.
    public init(process: pid_t, program: String, folder: String?) {
        self.process = process
        self.program = program
        self.folder = folder
    }

    /// The process itself; nil if it is gone.
    public init?(of process: pid_t, in processes: String = "/proc") {
        let own = processes + "/\(process)"
        let base = linkTarget(own + "/exe").map(lastPart(ofPath:))
        guard let name = Self.name(own) ?? base else { return nil }
        self.init(process: process, name: name, base: base, linkTarget(own + "/cwd"))
    }

    private init(process: pid_t, name: String, base: String?, _ folder: String?) {
        let isCut = name.utf8.count == Self.cutLength && base?.utf8.starts(with: name.utf8) == true
        self.init(process: process, program: isCut ? base ?? name : name, folder: folder)
    }

    /// The nearest ancestor that is neither `sh -c` nor warder; nil if unknown.
    ///
    /// - Parameters:
    ///   - process: the parent of this process.
    ///   - processes: where procfs is mounted.
    public init?(from process: pid_t = getppid(), in processes: String = "/proc") {
        var number = process
        for _ in 0..<Self.depth {
            guard number > 0 else { return nil }
            let own = processes + "/\(number)"
            let name = Self.name(own)
            if let name, number == 1 || !Self.tellsTooLittle(name) {
                self.init(process: number, program: name, folder: linkTarget(own + "/cwd"))
                return
            }
            let executable = linkTarget(own + "/exe")
            let base = executable.map(lastPart(ofPath:))
            if number > 1, Self.isPassedOver(executable, name: name, own) {
                guard let parent = StatLine(own + "/stat")?.parent else { return nil }
                if parent > 1 {
                    number = parent
                    continue
                }
            }
            guard let name = name ?? base else { return nil }
            self.init(process: number, name: name, base: base, linkTarget(own + "/cwd"))
            return
        }
        return nil
    }

    /// The kernel cuts names after so many bytes.
    private static let cutLength = 15
    /// How many ancestors to look at.
    private static let depth = 32

    /// Most programs are told by the name that the kernel reports, for which one file is read; for a shell, for warder
    /// and for a name that may have been cut, it takes more.
    private static func tellsTooLittle(_ name: String) -> Bool {
        name.utf8.count >= cutLength || name.isSame(as: "warder") || ShellInvocation.shells.holds(name)
    }

    private static func isPassedOver(_ executable: String?, name: String?, _ folder: String) -> Bool {
        if let executable, lastPart(ofPath: executable).isSame(as: "warder") { return true }
        // A hardened warder keeps its executable unreadable.
        if executable == nil, name?.isSame(as: "warder") == true { return true }
        return ShellInvocation.runsCommand(executable: executable, ShellInvocation.arguments(folder + "/cmdline"))
    }

    private static func name(_ folder: String) -> String? {
        guard let file = try? Descriptor(opening: folder + "/comm", O_RDONLY) else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            guard let count = try? file.read(into: bytes), count > 1 else { return nil }
            // A line end follows the name.
            return String(decoding: UnsafeRawBufferPointer(bytes)[..<(count - 1)], as: UTF8.self)
        }
    }
}
