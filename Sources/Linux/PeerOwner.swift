import Glibc

/// Who is at the other end of a connection within this host.
public enum PeerOwner: Sendable, Equatable {
    case user(UInt32)
    /// The kernel has no such connection: it is gone already.
    case nobody
    /// There is no table to look in; the token has to be enough.
    case unknown

    /// Whether this process serves it: its own user, and root, who could read the token anyway and whom containers run
    /// as.
    public var isServed: Bool {
        switch self {
        case .user(let user): user == geteuid() || user == 0
        case .nobody: false
        case .unknown: true
        }
    }
}

/// Says who has the other end of a connection.
public final class PeerOwners {
    private let table: SocketTable?
    /// The kernel has found a socket before, so that "there is none" means that.
    private var isProven = false

    /// Of the kernel's own sockets.
    public init() {
        do throws(SystemError) { table = try SocketTable() } catch { table = nil }
    }

    /// Who has the socket at `port` that is connected to the one at `here`.
    public func owner(ofPort port: UInt16, connectedTo here: UInt16) -> PeerOwner {
        var failure: SystemError?
        do throws(SystemError) {
            if let user = try table?.user(ofPort: port, connectedTo: here) {
                isProven = true
                return .user(user)
            }
        } catch { failure = error }
        // The text is printed for all sockets of the machine: milliseconds for a thousand of them.
        if isProven, failure == nil || failure?.code == ENOENT { return .nobody }
        return Self.printed(port, here)
    }

    /// The same from what proc(5) prints.
    static func printed(_ port: UInt16, _ here: UInt16) -> PeerOwner {
        var isKnown = false
        // Programs that use an IPv6 socket for everything, as Java's do, stand in the second one.
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let table = try? readFile(path, limit: 16 << 20) else { continue }
            isKnown = true
            let found = table.withUnsafeBytes { Linux.owner(ofPort: port, connectedTo: here, in: $0) }
            if let found { return .user(found) }
        }
        return isKnown ? .nobody : .unknown
    }
}
