import Glibc
import Linux
import STS
import Secrets
import Times

/// Listens on 127.0.0.1, at a port that the kernel picks, for the browser that comes back with an authorization code
/// (RFC 8252 section 7.3). It is closed when it goes.
///
/// Every user of this host can connect there. Only this one, and root, is answered anything but a refusal.
public struct CallbackListener: ~Copyable {
    /// Connections at a time at most; of more, the oldest goes.
    static let connectionLimit = 32
    /// Connections of other users at a time at most, each of which is to be refused; of more, the newest goes.
    static let foreignLimit = 8
    /// Milliseconds for a request to come in whole. Browsers open connections in reserve, and send nothing.
    static let requestLimit: Int64 = 10_000
    /// Bytes of a request's head at most.
    static let headLimit = 16 * 1024

    private let socket: Descriptor
    private let owner: (_ port: UInt16, _ here: UInt16) -> PeerOwner
    /// Where it listens.
    public let port: UInt16

    /// What the browser is told to come back to.
    public var redirectURI: String { address + "/oauth/callback" }

    /// Where its pages are.
    var address: String { "http://127.0.0.1:\(port)" }

    /// - Throws: `.listening`.
    public init() throws(SSOError) {
        let owners = PeerOwners()
        try self.init { port, here in owners.owner(ofPort: port, connectedTo: here) }
    }

    /// - Parameter owner: whose the socket at a port is that is connected to this one's.
    init(owner: @escaping (_ port: UInt16, _ here: UInt16) -> PeerOwner) throws(SSOError) {
        let socket = try openSocket()
        port = try listenLocally(at: socket)
        self.socket = socket
        self.owner = owner
    }

    /// Waits for the request that carries `state`, sends on the one that comes by `entrance`, and refuses all others.
    ///
    /// - Parameter deadline: milliseconds on the clock `timing.uptime`.
    /// - Returns: the authorization code.
    /// - Throws: `.accessDenied`, `.timedOut`, `.listening`.
    borrowing func code(
        state: borrowing SecretBytes, entrance: Entrance, timing: Timing, until deadline: Int64
    ) throws(SSOError) -> SecretBytes {
        var connections: [Connection] = []
        while true {
            let now = timing.uptime()
            guard now < deadline else { throw .timedOut }
            connections.removeAll { $0.since + Self.requestLimit <= now }
            let ready = try poll(connections, for: min(deadline - now, 1000))
            for connection in ready.connections {
                guard connection.receive() else { continue }
                connections.removeAll { $0 === connection }
                switch connection.answer(port: port, state: state, entrance: entrance) {
                case .code(let code): return code
                case .denied(let refusal): throw .accessDenied(refusal)
                case .entered: break
                case .foreign: break
                }
            }
            if ready.isListenerReady { try accept(into: &connections, at: now) }
        }
    }

    /// Waits until somebody connects or sends.
    private func poll(
        _ connections: [Connection], for milliseconds: Int64
    ) throws(SSOError) -> (connections: [Connection], isListenerReady: Bool) {
        var waiting = connections.map { pollfd(fd: $0.socket.number, events: Int16(POLLIN), revents: 0) }
        waiting.append(pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0))
        if Glibc.poll(&waiting, nfds_t(waiting.count), Int32(milliseconds)) < 0 {
            guard errno == EINTR else { throw failure("poll") }
            return ([], false)
        }
        let ready = zip(connections, waiting).filter { $0.1.revents != 0 }.map { $0.0 }
        return (ready, waiting[connections.count].revents != 0)
    }

    /// Takes one connection. One that is gone again already is none.
    private func accept(into connections: inout [Connection], at now: Int64) throws(SSOError) {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(socket.number, $0, &size) }
        }
        guard number >= 0 else {
            // Without a descriptor for it, it would wait, and the next look find it again.
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { throw failure("accept") }
            return
        }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        let owner = owner(UInt16(bigEndian: address.sin_port), port)
        let connection = Connection(Descriptor(owning: number, path: ""), of: owner, since: now)
        let count = connections.count { $0.owner.isServed == owner.isServed }
        if owner.isServed {
            if count >= Self.connectionLimit, let oldest = connections.firstIndex(where: \.owner.isServed) {
                connections.remove(at: oldest)
            }
        } else if count >= Self.foreignLimit {
            return
        }
        connections.append(connection)
    }
}

private func openSocket() throws(SSOError) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let number = socket(AF_INET, type, 0)
    guard number >= 0 else { throw failure("socket") }
    return Descriptor(owning: number, path: "")
}

/// Listens on 127.0.0.1; the port that the kernel picked.
private func listenLocally(at socket: borrowing Descriptor) throws(SSOError) -> UInt16 {
    let number = socket.number
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> String? in
            if bind(number, address, size) != 0 { return "bind" }
            if listen(number, 128) != 0 { return "listen" }
            return getsockname(number, address, &size) == 0 ? nil : "getsockname"
        }
    }
    if let failed { throw failure(failed) }
    return UInt16(bigEndian: address.sin_port)
}

private func failure(_ call: String) -> SSOError { .listening(SystemError(call: call, path: "127.0.0.1", code: errno)) }

/// One connection to the listener.
private final class Connection {
    let socket: Descriptor
    let owner: PeerOwner
    let since: Int64
    private var head = SecretBytes(capacity: 4096)
    private var isMalformed = false

    init(_ socket: consuming Descriptor, of owner: PeerOwner, since: Int64) {
        self.socket = socket
        self.owner = owner
        self.since = since
    }

    /// Takes what has come; whether that is all that will.
    func receive() -> Bool {
        let used = head.count
        head.extend(to: used + 4096)
        let count = head.withUnsafeMutableBytes { bytes in
            recv(socket.number, bytes.baseAddress.map { $0 + used }, bytes.count - used, Int32(MSG_DONTWAIT))
        }
        let code = errno
        head.truncate(to: used + max(0, count))
        if count < 0 && (code == EAGAIN || code == EINTR) { return false }
        guard let end = endOfHead(from: max(0, used - 3)) else {
            isMalformed = count <= 0 || head.count >= CallbackListener.headLimit
            return isMalformed
        }
        head.truncate(to: end)
        return true
    }

    /// Reads the request and answers it.
    func answer(port: UInt16, state: borrowing SecretBytes, entrance: Entrance) -> Callback {
        let callback = read(port: port, state: state, entrance: entrance)
        let response =
            switch callback {
            case .code: page(200, "warder has its answer. You can close this window and go back to the terminal.")
            case .denied: page(200, "You were not signed in. The terminal says why.")
            case .entered(let location): redirection(to: location)
            case .foreign(410): page(410, "This page opens once. The address that goes on is in the terminal.")
            case .foreign(let status): page(status, "This is not what warder is waiting for.")
            }
        // It is small enough for the socket's buffer, and a browser that is gone has missed nothing.
        _ = response.utf8CString.withUnsafeBytes {
            send(socket.number, $0.baseAddress, $0.count - 1, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        shutdown(socket.number, Int32(SHUT_WR))
        return callback
    }

    private func read(port: UInt16, state: borrowing SecretBytes, entrance: Entrance) -> Callback {
        guard owner.isServed else { return .foreign(status: 403) }
        guard !isMalformed else { return .foreign(status: 400) }
        guard isEntrance(head, entrance.path, port: port) else { return readCallback(head, port: port, state: state) }
        // `state` guards what comes back. What is handed out here is guarded by whose the browser is, and that alone.
        guard owner != .unknown else { return .foreign(status: 403) }
        return entrance.enter().map { .entered(location: $0) } ?? .foreign(status: 410)
    }

    private func endOfHead(from start: Int) -> Int? {
        for index in start..<max(start, head.count - 3)
        where head[index] == 13 && head[index + 1] == 10 && head[index + 2] == 13 && head[index + 3] == 10 {
            return index + 4
        }
        return nil
    }
}

private func page(_ status: Int, _ text: String) -> String {
    let body = "<!DOCTYPE html><meta charset=\"utf-8\"><title>warder</title><p>\(text)</p>\n"
    return response("\(status) \(status == 200 ? "OK" : "Refused")", "", body)
}

private func redirection(to location: String) -> String {
    response("302 Found", "Location: \(location)\r\n", "<!DOCTYPE html><title>warder</title>\n")
}

private func response(_ status: String, _ header: String, _ body: String) -> String {
    """
    HTTP/1.1 \(status)\r
    \(header)Content-Type: text/html; charset=utf-8\r
    Content-Length: \(body.utf8.count)\r
    Content-Security-Policy: default-src 'none'\r
    Referrer-Policy: no-referrer\r
    X-Content-Type-Options: nosniff\r
    Cache-Control: no-store\r
    Connection: close\r
    \r
    \(body)
    """
}
