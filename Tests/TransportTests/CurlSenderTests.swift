import Crypto
import Foundation
import Secrets
import Servers
import Testing
import Threads
import Transport

/// One after another, because they change the environment, which libcurl reads.
@Suite("libcurl", .serialized, .waits)
enum LibcurlTests {}

extension LibcurlTests {
    @Suite(
        "A server that misbehaves",
        .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
    struct CurlSenderTests {
        let server: Server
        let sender: CurlSender

        init() throws {
            try startLibcrypto()
            server = try Server("hostile.py")
            sender = try CurlSender(userAgent: "warder/test", connectTimeout: 20_000)
        }

        private func send(
            _ path: String, body: String? = nil, timeout: Int = 20_000, isOnce: Bool = false
        ) throws -> HTTPResponse {
            try sender.send(
                HTTPRequest(
                    method: body == nil ? "GET" : "POST", url: ServiceURL(server.url(path)),
                    body: body.map(secret), timeout: timeout, isOnce: isOnce))
        }

        private func count(_ path: String) throws -> String { text(try send("/count/\(path)").body) }

        @Test("gives status, date, type and body")
        func response() throws {
            let response = try send("/ok")
            #expect(response.status == 200)
            #expect(response.date?.hasSuffix(" GMT") == true)
            #expect(response.contentType == "text/xml")
            #expect(text(response.body) == "<ok>yes</ok>")
        }

        @Test("sends method, headers, secret header, query and body, and nothing unasked")
        func request() throws {
            let response = try sender.send(
                HTTPRequest(
                    method: "POST", url: ServiceURL(server.url("/echo/../echo")), query: secret("a=b%20c"),
                    headers: [Header("Content-Type", "text/plain")],
                    secretHeader: SecretHeader("X-Amz-Security-Token", secret("t0ken")), body: secret("Action=x"),
                    timeout: 20_000))
            let lines = text(response.body).components(separatedBy: "\r\n")
            // The path goes out as it is written, because it was signed so.
            #expect(lines.first == "POST /echo/../echo?a=b%20c HTTP/1.1")
            #expect(
                lines.dropFirst().sorted() == [
                    "", "Accept: */*", "Action=x", "Content-Length: 8", "Content-Type: text/plain",
                    "Host: 127.0.0.1:\(server.port)", "User-Agent: warder/test", "X-Amz-Security-Token: t0ken",
                ])
        }

        @Test("refuses too much of anything", arguments: ["/huge", "/chunked", "/headers"])
        func tooMuch(path: String) {
            #expect(throws: TransportError.tooLarge(host: "127.0.0.1")) { _ = try send(path) }
        }

        @Test("follows no redirect")
        func redirect() throws {
            #expect(throws: TransportError.redirected(host: "127.0.0.1", status: 302)) { _ = try send("/redirect") }
            #expect(try count("ok") == "0")
        }

        @Test("waits no longer than it may", arguments: ["/drip", "/silent"])
        func timeout(path: String) {
            let start = ContinuousClock.now
            #expect(throws: TransportError.timedOut(host: "127.0.0.1", sent: true)) {
                _ = try send(path, body: "a", timeout: 1500)
            }
            // The server would be silent for half a minute.
            #expect(ContinuousClock.now - start < .seconds(20))
        }

        @Test("has no time left")
        func noTime() throws {
            #expect(throws: TransportError.timedOut(host: "127.0.0.1", sent: false)) {
                _ = try send("/ok", timeout: 0)
            }
            #expect(try count("ok") == "0")
        }

        @Test("says that a broken connection may have delivered the request", arguments: ["/reset", "/close"])
        func broken(path: String) {
            #expect { _ = try send(path, body: "a") } throws: { error in
                guard case TransportError.interrupted(_, _, sent: true) = error else { return false }
                return (error as? TransportError)?.isCertainlyUnsent == false
            }
        }

        @Test("says that a refused connection delivered nothing")
        func refused() throws {
            let url = try ServiceURL("http://127.0.0.1:1/")
            #expect {
                _ = try sender.send(HTTPRequest(method: "GET", url: url, timeout: 20_000))
            } throws: { error in
                guard case TransportError.unreachable("127.0.0.1", _) = error else { return false }
                return (error as? TransportError)?.isCertainlyUnsent == true
            }
        }

        @Test("never lets libcurl send twice what may be sent once")
        func once() throws {
            _ = try send("/kept", body: "a")
            // The connection is still there, and the server drops it at the second request.
            #expect(throws: TransportError.self) { _ = try send("/kept", body: "code", isOnce: true) }
            #expect(try count("kept") == "2")
        }

        @Test("refuses headers with line breaks, in the name and in the value")
        func headers() throws {
            let url = try ServiceURL(server.url("/echo"))
            #expect(throws: TransportError.malformedHeader(name: "A")) {
                _ = try sender.send(
                    HTTPRequest(method: "GET", url: url, headers: [Header("A", "b\r\nC: d")], timeout: 20_000))
            }
            #expect(throws: TransportError.malformedHeader(name: "Token")) {
                _ = try sender.send(
                    HTTPRequest(
                        method: "GET", url: url, secretHeader: SecretHeader("Token", secret("a\nb")), timeout: 20_000))
            }
            #expect(throws: TransportError.malformedHeader(name: "A: b")) {
                _ = try sender.send(
                    HTTPRequest(method: "GET", url: url, headers: [Header("A: b", "c")], timeout: 20_000))
            }
        }

        @Test("asks this host without a proxy, and another one through it")
        func proxy() throws {
            setenv("https_proxy", "http://127.0.0.1:1", 1)
            setenv("all_proxy", "http://127.0.0.1:1", 1)
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            defer { for name in ["https_proxy", "all_proxy", "http_proxy"] { unsetenv(name) } }
            #expect(try send("/ok").status == 200)
            #expect {
                _ = try sender.send(
                    HTTPRequest(method: "GET", url: ServiceURL("https://sts.example.invalid/"), timeout: 20_000))
            } throws: { error in
                guard case TransportError.unreachable(_, let reason) = error else { return false }
                return reason.contains("127.0.0.1")
            }
        }

        @Test("asks no proxy for a metadata service")
        func metadataProxy() throws {
            setenv("http_proxy", server.url("/"), 1)
            defer { unsetenv("http_proxy") }
            // Whether anybody answers there is the network's affair.
            _ = try? sender.send(
                HTTPRequest(method: "GET", url: ServiceURL(metadata: "http://169.254.170.2:9/ok"), timeout: 300))
            #expect(try count("http://169.254.170.2:9/ok") == "0")
        }

        @Test("puts, with and without a body")
        func put() throws {
            let url = try ServiceURL(server.url("/echo"))
            let bare = try sender.send(HTTPRequest(method: "PUT", url: url, timeout: 20_000))
            #expect(text(bare.body).hasPrefix("PUT /echo HTTP/1.1\r\n"))
            let full = try sender.send(HTTPRequest(method: "PUT", url: url, body: secret("abc"), timeout: 20_000))
            #expect(text(full.body).hasPrefix("PUT /echo HTTP/1.1\r\n"))
            #expect(text(full.body).hasSuffix("\r\n\r\nabc"))
        }

        @Test("says what a proxy answered")
        func proxyRefusal() throws {
            setenv("https_proxy", server.url("/"), 1)
            defer { unsetenv("https_proxy") }
            // The server takes `CONNECT sts.example.invalid:443` for a path that it does not know.
            #expect(throws: TransportError.proxyRefused(status: 404)) {
                _ = try sender.send(
                    HTTPRequest(method: "GET", url: ServiceURL("https://sts.example.invalid/"), timeout: 20_000))
            }
        }
    }
}

/// In the program libcrypto has always been started our way before libcurl starts it: a request is signed first. What
/// is left out there can be missing here, and certificates would then fail.
func startLibcrypto() throws {
    _ = try secret("a").withUnsafeBytes { try sha256($0) }
}

func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}
