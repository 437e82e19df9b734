import Glibc

/// How many connections a server holds at a time.
struct ConnectionLimits: Equatable {
    /// Connections of served users.
    let own: Int
    /// Connections of all other users together.
    let others: Int

    /// Descriptors to keep free for other things: the server's own, and the pipe of a renewal.
    private static let reserve = 10

    /// - Parameter descriptors: how many the process may have open.
    init(descriptors: Int) {
        let all = min(136, max(4, descriptors - Self.reserve))
        others = min(8, all / 4)
        own = all - others
    }

    /// The limits under this process's present descriptor limit.
    static var ofThisProcess: ConnectionLimits {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return ConnectionLimits(descriptors: 64)
        }
        return ConnectionLimits(descriptors: Int(clamping: limit.rlim_cur))
    }
}
