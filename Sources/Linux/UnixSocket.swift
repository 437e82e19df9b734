import CLinux
import Glibc
import Secrets

/// A Unix stream socket, which never makes its user wait. The corresponding manual page is unix(7).
public struct UnixSocket: ~Copyable {
    private let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// The longest path of a socket, in bytes.
    public static let pathLimit = 107

    /// The number that the kernel knows it by.
    public var number: Int32 { descriptor.number }

    /// Listens at `path`, where nothing must stand yet; the socket's file is open to its owner alone.
    public static func listen(at path: String, backlog: Int32) throws(SystemError) -> UnixSocket {
        let socket = try make(path)
        let number = socket.number
        try withAddress(of: path) { address, size in bind(number, address, size) }
        _ = try system("chmod", path) { chmod(path, 0o600) }
        _ = try system("listen", path) { Glibc.listen(number, backlog) }
        return socket
    }

    /// Connects to the socket at `path`, or to the abstract one whose name comes behind a NUL; fails with EAGAIN where
    /// too many wait for an answer there already.
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
        // An abstract name has no end but that of the address.
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

    /// Takes a connection; nil where none waits.
    public func accept() throws(SystemError) -> UnixSocket? {
        do throws(SystemError) {
            let number = try system("accept", descriptor.path) { warder_accept(descriptor.number) }
            return UnixSocket(Descriptor(owning: number, path: descriptor.path))
        } catch {
            // One that is gone again already is none.
            if error.code == EAGAIN || error.code == ECONNABORTED { return nil }
            throw error
        }
    }

    /// The user at the other end, as the kernel knows it since the connection was made; nil where it does not.
    public var peerUser: UInt32? {
        var user: UInt32 = 0
        return warder_peer_user(descriptor.number, &user) == 0 ? user : nil
    }

    /// Sends all of `bytes`; false where the other end is gone, or does not read what it was sent before.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        let sent = try? system("send") { Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, flags) }
        return sent == bytes.count
    }

    /// What came of looking for bytes.
    public enum ReceiveResult: Equatable, Sendable {
        /// Some came, or the buffer is full.
        case some
        /// None are there now.
        case none
        /// The other end is gone, and all that it sent was read.
        case end
    }

    /// Appends what came to `buffer`, which never gets longer than `limit` bytes.
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
