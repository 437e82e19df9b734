import CLinux
import Glibc

/// The kernel's sockets, asked for one at a time: sock_diag(7), which takes the same time however many there are.
public struct SocketTable: ~Copyable {
    private let descriptor: Descriptor

    /// Opens it. The corresponding C function is `socket`, with `NETLINK_SOCK_DIAG`.
    public init() throws(SystemError) {
        let number = try system("socket") { warder_open_socket_table() }
        descriptor = Descriptor(owning: number, path: "sock_diag")
    }

    /// The user whose TCP socket of 127.0.0.1 has the port `own` and is connected to `other` there, be it one of IPv4
    /// or one of IPv6 with the address mapped; nil where no program holds such a socket.
    ///
    /// `ENOENT` also says that the kernel was built, or is run, without this part.
    public func user(ofPort own: UInt16, connectedTo other: UInt16) throws(SystemError) -> UInt32? {
        var user: UInt32 = 0
        let found = try system("sock_diag") { warder_socket_user(descriptor.number, own, other, &user) }
        return found == 1 ? user : nil
    }
}
