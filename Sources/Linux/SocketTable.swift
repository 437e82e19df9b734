import CLinux
import Glibc

/// The kernel's table of sockets, queried for one at a time by sock_diag(7), in constant time.
public struct SocketTable: ~Copyable {
    private let descriptor: Descriptor

    /// Opens a netlink socket. The corresponding C function is `socket`, with `NETLINK_SOCK_DIAG`.
    public init() throws(SystemError) {
        let number = try system("socket") { warder_open_socket_table() }
        descriptor = Descriptor(owning: number, path: "sock_diag")
    }

    /// The user whose TCP socket on 127.0.0.1 has the port `own` and is connected to `other` there, over IPv4 or
    /// IPv4-mapped IPv6; nil if no program holds such a socket.
    ///
    /// `ENOENT` may also mean that the kernel lacks sock_diag.
    public func user(ofPort own: UInt16, connectedTo other: UInt16) throws(SystemError) -> UInt32? {
        var user: UInt32 = 0
        let found = try system("sock_diag") { warder_socket_user(descriptor.number, own, other, &user) }
        return found == 1 ? user : nil
    }
}
