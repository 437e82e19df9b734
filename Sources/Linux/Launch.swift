import Glibc

/// Starts a program and forgets it: in its own session, with no input and no output, and reaped by another process. A
/// missing program is not an error. The variables in `withheld` are removed from its environment.
public func launch(_ program: String, _ arguments: [String], withheld: [String]) {
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
    withVariables(without: withheld, adding: []) { environment in
        withArguments([program] + arguments) { arguments in
            _ = posix_spawnp(&process, program, &actions, &attributes, arguments, environment)
        }
    }
}
