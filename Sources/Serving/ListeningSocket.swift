import Glibc
import Linux

/// A socket that listens on 127.0.0.1.
public struct ListeningSocket: ~Copyable {
    /// How many connections the kernel queues until they are accepted; its own limit may be lower.
    static let backlog: Int32 = 1024

    let descriptor: Descriptor
    /// The port it listens on.
    public let port: UInt16

    /// The descriptor's number.
    public var number: Int32 { descriptor.number }

    /// Listens on a port that the kernel chooses.
    public init() throws(ServingError) {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .listening(SystemError(call: "socket", path: "127.0.0.1", code: errno)) }
        let descriptor = Descriptor(owning: number, path: "127.0.0.1")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, size) }
        }
        guard bound == 0 else { throw .listening(SystemError(call: "bind", path: "127.0.0.1", code: errno)) }
        guard listen(number, Self.backlog) == 0 else {
            throw .listening(SystemError(call: "listen", path: "127.0.0.1", code: errno))
        }
        try self.init(inheriting: descriptor)
    }

    /// Takes ownership of a socket that already listens.
    public init(inheriting descriptor: consuming Descriptor) throws(ServingError) {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = descriptor.number
        let asked = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &size) }
        }
        guard asked == 0 else { throw .listening(SystemError(call: "getsockname", path: "127.0.0.1", code: errno)) }
        guard address.sin_family == sa_family_t(AF_INET) else {
            throw .listening(SystemError(call: "getsockname", path: "127.0.0.1", code: EAFNOSUPPORT))
        }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        // A client that connects and leaves again must not make `accept` block.
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
    }

    enum Arrival {
        case connection(Connection)
        case nobody
        /// A connection is waiting, but no descriptor is free: the next poll would report it again.
        case noRoom
    }

    /// Accepts one connection, and returns it with the client's port.
    func accept() -> Arrival {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(descriptor.number, $0, &size) }
        }
        guard number >= 0 else { return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .noRoom : .nobody }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        let socket = Descriptor(owning: number, path: "")
        return .connection(Connection(socket, peerPort: UInt16(bigEndian: address.sin_port)))
    }
}
