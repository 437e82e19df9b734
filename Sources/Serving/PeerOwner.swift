import Glibc
import Linux

/// Who is at the other end of a connection within this host.
public enum PeerOwner: Sendable, Equatable {
    case user(UInt32)
    /// The kernel's table has no such connection: it is gone already.
    case nobody
    /// There is no table to look in; the token has to be enough.
    case unknown

    /// Whether this process serves it: its own user, and root, who could read the token anyway and whom containers run
    /// as.
    var isServed: Bool {
        switch self {
        case .user(let user): user == geteuid() || user == 0
        case .nobody: false
        case .unknown: true
        }
    }

    /// As the kernel's tables have it, for a port and the one that it is connected to.
    public static let ofSystem: @Sendable (UInt16, UInt16) -> PeerOwner = { port, here in
        var isKnown = false
        // Programs that use an IPv6 socket for everything, as Java's do, stand in the second one.
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let table = try? readFile(path, limit: 16 << 20) else { continue }
            isKnown = true
            let found = table.withUnsafeBytes { owner(ofPort: port, connectedTo: here, in: $0) }
            if let found { return .user(found) }
        }
        return isKnown ? .nobody : .unknown
    }
}
