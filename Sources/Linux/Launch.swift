import Glibc

/// Starts a program that runs on by itself: in its own session, with no input and no output, and reaped by another
/// process if it outlives this one. The variables in `withheld` are removed from its environment.
@discardableResult
public func launch(_ program: String, _ arguments: [String], withheld: [String]) -> LaunchedProgram {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = IgnoredSignal.ofWritingSet
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | 0x80))  // POSIX_SPAWN_SETSID
    var process: pid_t = 0
    let code = withVariables(without: withheld, adding: []) { environment in
        withArguments([program] + arguments) { arguments in
            posix_spawnp(&process, program, &actions, &attributes, arguments, environment)
        }
    }
    return LaunchedProgram(program, process, code)
}

/// A program that was started to run on by itself.
public final class LaunchedProgram {
    private let program: String
    private let process: pid_t
    private let startCode: Int32
    private var status: ExitStatus?

    fileprivate init(_ program: String, _ process: pid_t, _ startCode: Int32) {
        self.program = program
        self.process = process
        self.startCode = startCode
    }

    /// How it failed so far; nil if it runs, has succeeded, or left no trace of how it ended. Never blocks.
    public func failure() -> ChildError? {
        guard startCode == 0 else { return .notStarted(program: program, code: startCode) }
        if status == nil { status = exitStatus(of: process, within: 0) }
        switch status {
        case .code(let code) where code != 0: return .failed(program: program, code: code)
        case .signal(let signal): return .killed(program: program, signal: signal)
        default: return nil
        }
    }
}
