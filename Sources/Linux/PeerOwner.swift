import Glibc

/// The owner of the other end of a connection within this host.
public enum PeerOwner: Sendable, Equatable {
    case user(UInt32)
    /// The kernel has no such connection: it is already closed.
    case nobody
    /// The kernel has no readable table of sockets; the token has to suffice.
    case unknown

    /// Whether this process serves that owner: its own user, and root, which could read the token anyway and which
    /// containers run as.
    public var isServed: Bool {
        switch self {
        case .user(let user): user == geteuid() || user == 0
        case .nobody: false
        case .unknown: true
        }
    }
}

/// Finds the owner of the other end of a connection.
public final class PeerOwners {
    private let table: SocketTable?
    /// The kernel has found a socket before, so a failed look-up really means that there is none.
    private var isProven = false

    /// Opens the kernel's socket table.
    public init() {
        do throws(SystemError) { table = try SocketTable() } catch { table = nil }
    }

    /// The owner of the socket at `port` that is connected to the one at `here`.
    public func owner(ofPort port: UInt16, connectedTo here: UInt16) -> PeerOwner {
        var failure: SystemError?
        do throws(SystemError) {
            if let user = try table?.user(ofPort: port, connectedTo: here) {
                isProven = true
                return .user(user)
            }
        } catch { failure = error }
        // The fallback text lists all sockets of the machine: milliseconds for a thousand of them.
        if isProven, failure == nil || failure?.code == ENOENT { return .nobody }
        return Self.printed(port, here)
    }

    /// The same from the text that proc(5) describes.
    static func printed(_ port: UInt16, _ here: UInt16) -> PeerOwner {
        var isKnown = false
        // Programs that use IPv6 sockets for everything, as Java's do, are listed in the second file.
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let table = try? readFile(path, limit: 16 << 20) else { continue }
            isKnown = true
            let found = table.withUnsafeBytes { Linux.owner(ofPort: port, connectedTo: here, in: $0) }
            if let found { return .user(found) }
        }
        return isKnown ? .nobody : .unknown
    }
}
