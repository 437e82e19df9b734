import Glibc
import Linux
import STS
import Secrets

/// Listens on 127.0.0.1, at a port that the kernel picks, for the browser that comes back with an authorization code
/// (RFC 8252 section 7.3). It is closed when it goes.
public struct CallbackListener: ~Copyable {
    /// Connections at a time at most; of more, the oldest goes.
    static let connectionLimit = 32
    /// Milliseconds for a request to come in whole. Browsers open connections in reserve, and send nothing.
    static let requestLimit: Int64 = 10_000
    /// Bytes of a request's head at most.
    static let headLimit = 16 * 1024

    private let socket: Descriptor
    /// Where it listens.
    public let port: UInt16

    /// What the browser is told to come back to.
    public var redirectURI: String { "http://127.0.0.1:\(port)/oauth/callback" }

    /// - Throws: `.listening`.
    public init() throws(SSOError) {
        let socket = try openSocket()
        port = try listenLocally(at: socket)
        self.socket = socket
    }

    /// Waits for the request that carries `state`, and answers all others.
    ///
    /// - Parameter deadline: milliseconds on the clock `timing.uptime`.
    /// - Returns: the authorization code.
    /// - Throws: `.accessDenied`, `.timedOut`, `.listening`.
    borrowing func code(
        state: borrowing SecretBytes, timing: Timing, until deadline: Int64
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
                switch connection.answer(port: port, state: state) {
                case .code(let code): return code
                case .denied(let refusal): throw .accessDenied(refusal)
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
        let number = Glibc.accept(socket.number, nil, nil)
        guard number >= 0 else {
            // Without a descriptor for it, it would wait, and the next look find it again.
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { throw failure("accept") }
            return
        }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        if connections.count == Self.connectionLimit { connections.removeFirst() }
        connections.append(Connection(Descriptor(owning: number, path: ""), since: now))
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
    let since: Int64
    private var head = SecretBytes(capacity: 4096)
    private var isMalformed = false

    init(_ socket: consuming Descriptor, since: Int64) {
        self.socket = socket
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
    func answer(port: UInt16, state: borrowing SecretBytes) -> Callback {
        let callback = isMalformed ? .foreign(status: 400) : readCallback(head, port: port, state: state)
        let response =
            switch callback {
            case .code: page(200, "warder has its answer. You can close this window and go back to the terminal.")
            case .denied: page(200, "You were not signed in. The terminal says why.")
            case .foreign(let status): page(status, "This is not what warder is waiting for.")
            }
        // It is small enough for the socket's buffer, and a browser that is gone has missed nothing.
        _ = response.utf8CString.withUnsafeBytes {
            send(socket.number, $0.baseAddress, $0.count - 1, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        shutdown(socket.number, Int32(SHUT_WR))
        return callback
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
    return """
        HTTP/1.1 \(status) \(status == 200 ? "OK" : "Refused")\r
        Content-Type: text/html; charset=utf-8\r
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
