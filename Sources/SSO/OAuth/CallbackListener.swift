import Glibc
import Linux
import STS
import Secrets
import Times

/// Listens on 127.0.0.1, on a port that the kernel chooses, for the browser that returns with an authorization code
/// (RFC 8252 section 7.3). Closed when the value is destroyed.
///
/// Every user of this host can connect to it. Only this user and root get any answer but a refusal.
public struct CallbackListener: ~Copyable {
    /// The most connections at a time; a further one replaces the oldest.
    static let connectionLimit = 32
    /// The most connections of other users at a time, each of which is refused; a further one is closed.
    static let foreignLimit = 8
    /// Milliseconds for a request to arrive completely. Browsers open spare connections, and send nothing on them.
    static let requestLimit: Int64 = 10_000
    /// The most bytes of a request's head.
    static let headLimit = 16 * 1024

    private let socket: Descriptor
    private let owner: (_ port: UInt16, _ here: UInt16) -> PeerOwner
    /// The port it listens on.
    public let port: UInt16

    /// The URI that the service redirects the browser to.
    public var redirectURI: String { address + "/oauth/callback" }

    /// The base address of its pages.
    var address: String { "http://127.0.0.1:\(port)" }

    /// - Throws: `.listening`.
    public init() throws(SignInError) {
        let owners = PeerOwners()
        try self.init { port, here in owners.owner(ofPort: port, connectedTo: here) }
    }

    /// - Parameter owner: returns the owner of the socket at `port` that is connected to this one at `here`.
    init(owner: @escaping (_ port: UInt16, _ here: UInt16) -> PeerOwner) throws(SignInError) {
        let socket = try openSocket()
        port = try listenLocally(at: socket)
        self.socket = socket
        self.owner = owner
    }

    /// Waits for the request that carries `state`, redirects the one for `entrance`, and refuses all others.
    ///
    /// - Parameter deadline: milliseconds on the clock `timing.uptime`.
    /// - Returns: the authorization code.
    /// - Throws: `.accessDenied`, `.timedOut`, `.listening`.
    borrowing func code(
        state: borrowing SecretBytes, entrance: SignInRedirect, timing: Timing, until deadline: Int64
    ) throws(SignInError) -> SecretBytes {
        let code = try serve(state: state, entrance: entrance, endsThere: false, timing: timing, until: deadline)
        switch consume code {
        case .some(let code): return code
        case .none: throw .timedOut
        }
    }

    /// The same, and returns nil once a browser has been redirected, if `endsThere`.
    ///
    /// - Parameter isHopeless: whether no request can come that has not come yet.
    borrowing func serve(
        state: borrowing SecretBytes, entrance: SignInRedirect, endsThere: Bool, timing: Timing, until deadline: Int64,
        isHopeless: () -> Bool = { false }
    ) throws(SignInError) -> SecretBytes? {
        // Asked again and again only where there is a browser to ask about.
        let pause: Int64 = endsThere ? 100 : 1000
        var connections: [CallbackConnection] = []
        while true {
            let now = timing.uptime()
            guard now < deadline else { throw .timedOut }
            connections.removeAll { $0.since + Self.requestLimit <= now }
            let ready = try poll(connections, for: min(deadline - now, pause))
            if ready.connections.isEmpty, !ready.isListenerReady, isHopeless() { throw .timedOut }
            for connection in ready.connections {
                guard connection.receive() else { continue }
                connections.removeAll { $0 === connection }
                switch connection.answer(port: port, state: state, entrance: entrance) {
                case .code(let code): return code
                case .denied(let refusal): throw .accessDenied(refusal)
                case .entered: if endsThere { return nil }
                case .foreign: break
                }
            }
            if ready.isListenerReady { try accept(into: &connections, at: now) }
        }
    }

    /// Waits until a client connects or sends.
    private func poll(
        _ connections: [CallbackConnection], for milliseconds: Int64
    ) throws(SignInError) -> (connections: [CallbackConnection], isListenerReady: Bool) {
        var waiting = connections.map { pollfd(fd: $0.socket.number, events: Int16(POLLIN), revents: 0) }
        waiting.append(pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0))
        if Glibc.poll(&waiting, nfds_t(waiting.count), Int32(milliseconds)) < 0 {
            guard errno == EINTR else { throw failure("poll") }
            return ([], false)
        }
        let ready = zip(connections, waiting).filter { $0.1.revents != 0 }.map { $0.0 }
        return (ready, waiting[connections.count].revents != 0)
    }

    /// Accepts one connection. One that is already closed again does not count.
    private func accept(into connections: inout [CallbackConnection], at now: Int64) throws(SignInError) {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(socket.number, $0, &size) }
        }
        guard number >= 0 else {
            // Without a free descriptor the connection would keep waiting, and the next poll would report it again.
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { throw failure("accept") }
            return
        }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        let owner = owner(UInt16(bigEndian: address.sin_port), port)
        let connection = CallbackConnection(Descriptor(owning: number, path: ""), of: owner, since: now)
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

private func openSocket() throws(SignInError) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let number = socket(AF_INET, type, 0)
    guard number >= 0 else { throw failure("socket") }
    return Descriptor(owning: number, path: "")
}

/// Listens on 127.0.0.1; returns the port that the kernel chose.
private func listenLocally(at socket: borrowing Descriptor) throws(SignInError) -> UInt16 {
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

private func failure(_ call: String) -> SignInError {
    .listening(SystemError(call: call, path: "127.0.0.1", code: errno))
}

/// One connection to the listener.
private final class CallbackConnection {
    let socket: Descriptor
    let owner: PeerOwner
    let since: Int64
    private var head = SecretBytes(capacity: 4096)
    private var isMalformed = false
    /// The response to our own browser.
    private var redirection: SecretBytes?

    init(_ socket: consuming Descriptor, of owner: PeerOwner, since: Int64) {
        self.socket = socket
        self.owner = owner
        self.since = since
    }

    /// Reads what has arrived; returns whether the request is complete.
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

    /// Parses the request and answers it.
    func answer(port: UInt16, state: borrowing SecretBytes, entrance: SignInRedirect) -> Callback {
        let callback = read(port: port, state: state, entrance: entrance)
        let response = response(to: callback)
        // The response fits into the socket's buffer, and a browser that has left needs none.
        _ = response.withUnsafeBytes {
            send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        shutdown(socket.number, Int32(SHUT_WR))
        return callback
    }

    private func response(to callback: borrowing Callback) -> SecretBytes {
        switch callback {
        case .code: page(200, "warder has its answer. You can close this window and go back to the terminal.")
        case .denied: page(200, "You were not signed in. The terminal says why.")
        case .entered: redirection.take() ?? spentPage()
        case .foreign(410): spentPage()
        case .foreign(let status): page(status, "This is not what warder is waiting for.")
        }
    }

    private func read(port: UInt16, state: borrowing SecretBytes, entrance: SignInRedirect) -> Callback {
        guard owner.isServed else { return .foreign(status: 403) }
        guard !isMalformed else { return .foreign(status: 400) }
        guard isEntrance(head, entrance.path, port: port) else { return readCallback(head, port: port, state: state) }
        // `state` protects the code that comes in. Only the check of the browser's user protects what goes out here.
        guard owner != .unknown else { return .foreign(status: 403) }
        guard let location = entrance.enter() else { return .foreign(status: 410) }
        redirection = redirect(to: location)
        return .entered
    }

    private func endOfHead(from start: Int) -> Int? {
        for index in start..<max(start, head.count - 3)
        where head[index] == 13 && head[index + 1] == 10 && head[index + 2] == 13 && head[index + 3] == 10 {
            return index + 4
        }
        return nil
    }
}

private func page(_ status: Int, _ text: String) -> SecretBytes {
    let body = "<!DOCTYPE html><meta charset=\"utf-8\"><title>warder</title><p>\(text)</p>\n"
    return message("\(status) \(status == 200 ? "OK" : "Refused")", body: body)
}

private func spentPage() -> SecretBytes {
    page(410, "This page opens once. The address that goes on is in the terminal.")
}

private func redirect(to location: borrowing SecretBytes) -> SecretBytes {
    var header = SecretBytes("Location: ")
    header.append(location)
    header.append("\r\n")
    return message("302 Found", header, body: "<!DOCTYPE html><title>warder</title>\n")
}

private func message(
    _ status: String, _ header: borrowing SecretBytes = SecretBytes(""), body: String
) -> SecretBytes {
    var text = SecretBytes(capacity: 4096)
    text.append("HTTP/1.1 \(status)\r\n")
    text.append(header)
    text.append(
        """
        Content-Type: text/html; charset=utf-8\r
        Content-Length: \(body.utf8.count)\r
        Content-Security-Policy: default-src 'none'\r
        Referrer-Policy: no-referrer\r
        X-Content-Type-Options: nosniff\r
        Cache-Control: no-store\r
        Connection: close\r
        \r
        \(body)
        """)
    return text
}
