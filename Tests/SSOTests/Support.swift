import Foundation
import SSO
import STS
import Secrets
import Servers
import Synchronization
import Times
import Transport

/// An IAM Identity Center, and clients of it.
struct Center {
    let server: Server
    let site: Site

    init(scopes: [String] = ["sso:account:access"], _ arguments: [String] = []) throws {
        server = try Server("identity_center.py", arguments)
        site = Site(startURL: "https://example.awsapps.com/start", region: "eu-west-1", scopes: scopes)
    }

    func oidc(_ timing: Timing = .system, sender: (any HTTPSender)? = nil) throws -> OIDCClient {
        let sender = try sender ?? CurlSender(userAgent: "warder/test")
        return OIDCClient(endpoint: try ServiceURL(server.url("")), sender: sender, timing: timing)
    }

    func portal(_ timing: Timing = .system) throws -> PortalClient {
        PortalClient(
            endpoint: try ServiceURL(server.url("/")), sender: try CurlSender(userAgent: "warder/test"), timing: timing)
    }

    func signIn(_ timing: Timing = .system, sender: (any HTTPSender)? = nil) throws -> SignIn {
        SignIn(to: site, client: try oidc(timing, sender: sender))
    }

    /// Signs in with a browser that consents at once; `meddle` changes where it goes, and is told the listener's port.
    func token(
        sender: (any HTTPSender)? = nil, seconds: Int64 = 120,
        meddle: @escaping @Sendable (String, UInt16) -> String = { url, _ in url }
    ) throws -> SSOToken {
        let listener = try CallbackListener()
        let port = listener.port
        return try signIn(sender: sender).withBrowser(
            listener, until: Timing.system.uptime() + seconds * 1000
        ) { url, _ in
            Thread.detachNewThread { browse(meddle(url, port)) }
        }
    }

    /// Says what is to happen from now on.
    @discardableResult
    func tell(_ what: String, _ json: String = "{}") throws -> String {
        let response = try CurlSender(userAgent: "warder/test").send(
            HTTPRequest(
                method: "POST", url: ServiceURL(server.url("/test/" + what)), body: secret(json), timeout: 20_000))
        return text(response.body)
    }

    /// The requests there were.
    func log() throws -> String { String(try tell("log").dropFirst(#"{"log": ""#.count).dropLast(2)) }
}

/// Goes to a page as a browser does, and to the one that it sends to.
@discardableResult
func browse(_ url: String) -> String {
    guard let port = URLComponents(string: url)?.port else { return "" }
    let answer = exchange(UInt16(port), request(url))
    let location = answer.split(separator: "\r\n").first { $0.hasPrefix("Location: ") }
    return location.map { browse(String($0.dropFirst("Location: ".count))) } ?? answer
}

/// What a browser asks for a page with.
func request(_ url: String) -> String {
    guard let parts = URLComponents(string: url), let port = parts.port else { return "" }
    let target = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    return "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: text/html\r\nCookie: other=1\r\n"
        + "Connection: close\r\n\r\n"
}

/// Sends bytes to a port of this host; what came back until the end.
@discardableResult
func exchange(_ port: UInt16, _ text: String) -> String {
    guard let connection = connected(port) else { return "" }
    defer { close(connection) }
    _ = Array(text.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
        answer += buffer[..<count]
    }
}

/// A connection to a port of this host, which gives up after a minute.
func connected(_ port: UInt16) -> Int32? {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let outcome = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    if outcome == 0 { return connection }
    close(connection)
    return nil
}

/// A clock that sleeps without waiting.
final class TestClock: Sendable {
    private struct State {
        var uptime: Int64 = 1_000_000
        var sleeps: [Int64] = []
    }
    private let state = Mutex(State())

    var sleeps: [Int64] { state.withLock { $0.sleeps } }
    var uptime: Int64 { state.withLock { $0.uptime } }

    func timing(later seconds: Int64 = 0) -> Timing {
        Timing(
            now: { Timing.system.now() + seconds }, uptime: { self.uptime },
            sleep: { milliseconds in
                self.state.withLock {
                    $0.sleeps.append(milliseconds)
                    $0.uptime += milliseconds
                }
            }, random: { 0.5 })
    }
}

/// Sends each request for a token twice, as one who listens in would, and hands back the second answer.
struct Replaying: HTTPSender {
    let sender: any HTTPSender

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        if request.url.path == "/token" { _ = try sender.send(request) }
        return try sender.send(request)
    }
}

/// Says what it is told to.
struct Saying: HTTPSender {
    let status: Int
    let body: String

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        HTTPResponse(status: status, date: nil, contentType: nil, body: secret(body))
    }
}

func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

func text(ifPresent secret: borrowing SecretBytes?) -> String? {
    switch secret {
    case .some(let secret): text(secret)
    case .none: nil
    }
}

func secrets(of registration: borrowing Registration?) -> String? {
    switch registration {
    case .some(let registration): registration.clientID + " " + text(registration.clientSecret)
    case .none: nil
    }
}

/// A JSON string.
func quoted(_ text: String) -> String {
    let data = (try? JSONEncoder().encode([text])) ?? Data()
    return String(decoding: data.dropFirst().dropLast(), as: UTF8.self)
}
