import CLinux
import Glibc
import Secrets

/// A non-blocking Unix stream socket. The corresponding manual page is unix(7).
public struct UnixSocket: ~Copyable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// The longest path of a socket, in bytes.
    public static let pathLimit = 107

    /// The descriptor's number.
    public var number: Int32 { descriptor.number }

    /// Listens at `path`, which must not exist yet; only the owner can open the socket's file.
    public static func listen(at path: String, backlog: Int32) throws(SystemError) -> UnixSocket {
        let socket = try make(path)
        let number = socket.number
        try withAddress(of: path) { address, size in bind(number, address, size) }
        _ = try system("chmod", path) { chmod(path, 0o600) }
        _ = try system("listen", path) { Glibc.listen(number, backlog) }
        return socket
    }

    /// Connects to the socket at `path`, or to an abstract one if the name begins with NUL; fails with EAGAIN if the
    /// listener's backlog is full.
    public static func connect(to path: String) throws(SystemError) -> UnixSocket {
        let socket = try make(path)
        let number = socket.number
        try withAddress(of: path) { address, size in Glibc.connect(number, address, size) }
        return socket
    }

    private static func make(_ path: String) throws(SystemError) -> UnixSocket {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = try system("socket", path) { socket(AF_UNIX, type, 0) }
        return UnixSocket(Descriptor(owning: number, path: path))
    }

    private static func withAddress(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) {
        guard path.utf8.count <= pathLimit else { throw SystemError(call: "bind", path: path, code: ENAMETOOLONG) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        // The address length ends an abstract name.
        let size =
            path.utf8.first == 0
            ? MemoryLayout<sa_family_t>.size + path.utf8.count : MemoryLayout<sockaddr_un>.size
        _ = try system("bind or connect", path) {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(size))
                }
            }
        }
    }

    /// Accepts a connection; nil if none is waiting.
    public func accept() throws(SystemError) -> UnixSocket? {
        do throws(SystemError) {
            let number = try system("accept", descriptor.path) { warder_accept(descriptor.number) }
            return UnixSocket(Descriptor(owning: number, path: descriptor.path))
        } catch {
            // A connection that was closed again before it was accepted does not count.
            if error.code == EAGAIN || error.code == ECONNABORTED { return nil }
            throw error
        }
    }

    /// The user at the other end, recorded by the kernel when the connection was made; nil if unknown.
    public var peerUser: UInt32? {
        var user: UInt32 = 0
        return warder_peer_user(descriptor.number, &user) == 0 ? user : nil
    }

    /// Sends all of `bytes`; false if the other end is closed, or still has not read what it was sent before.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        let sent = try? system("send") { Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, flags) }
        return sent == bytes.count
    }

    /// The result of looking for bytes.
    public enum ReceiveResult: Equatable, Sendable {
        /// Some arrived, or the buffer is full.
        case some
        /// None are available now.
        case none
        /// The other end is closed, and everything it sent has been read.
        case end
    }

    /// Appends what has arrived to `buffer`, which never exceeds `limit` bytes.
    public func receive(into buffer: inout SecretBytes, limit: Int) -> ReceiveResult {
        let used = buffer.count
        guard used < limit else { return .some }
        buffer.extend(to: limit)
        let count = buffer.withUnsafeMutableBytes { bytes in
            recv(descriptor.number, bytes.baseAddress.map { $0 + used }, limit - used, Int32(MSG_DONTWAIT))
        }
        let code = errno
        buffer.truncate(to: used + max(0, count))
        if count > 0 { return .some }
        return count < 0 && (code == EAGAIN || code == EINTR) ? .none : .end
    }
}
