import CLinux
import Glibc
import Secrets

/// Starts a child; its messages go to the terminal if this process is in the terminal's foreground.
///
/// - Parameters:
///   - standardInput: nil for `/dev/null`.
///   - standardError: nil for the terminal, or `/dev/null` if there is none to share.
///   - apart: the child gets its own process group and no access to the terminal, even if there is one.
///   - bound: the kernel ends the child by SIGTERM when this thread ends, even if this process is killed; the child
///     starts with no signal blocked and SIGTERM at its default, whatever this thread blocks or ignores.
/// - Returns: 0, or `errno`.
func spawn(
    _ program: String, _ arguments: [String], standardInput: Int32?, standardOutput: Int32,
    standardError: Int32? = nil, withheld: [String], apart: Bool = false, bound: Bool = false,
    _ process: inout pid_t
) -> Int32 {
    let hasTerminal = !apart && isInFrontOfTerminal()
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    let terminal = hasTerminal ? open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC) : -1
    defer {
        for number in [nothing, terminal] where number >= 0 { close(number) }
    }
    let messages = terminal >= 0 ? terminal : nothing
    let descriptors = [standardInput ?? nothing, standardOutput, standardError ?? messages]
    guard descriptors.allSatisfy({ $0 >= 0 }) else { return EBADF }
    return withVariables(without: withheld, adding: []) { environment in
        withArguments(arguments) { arguments in
            guard !bound else {
                return warder_spawn_bound(
                    &process, program, arguments, environment, descriptors, hasTerminal ? 0 : 1)
            }
            return spawnFree(program, arguments, environment, descriptors, ownGroup: !hasTerminal, &process)
        }
    }
}

/// Whether there is a terminal that a child can share.
func isInFrontOfTerminal() -> Bool { access("/dev/tty", W_OK) == 0 && (try? Terminal.open()) != nil }

private func spawnFree(
    _ program: String, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
    _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ descriptors: [Int32], ownGroup: Bool,
    _ process: inout pid_t
) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = IgnoredSignal.ofWritingSet
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | (ownGroup ? POSIX_SPAWN_SETPGROUP : 0)))
    return posix_spawn(&process, program, &actions, &attributes, arguments, environment)
}
