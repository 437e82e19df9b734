import Secrets
import Testing

@testable import Serving

private let right = "hKb3y-example-token_of-43-characters-000000"

private func judged(_ head: String, token: String = right) -> Denial? {
    denial(of: bytes(head), port: 4321, token: bytes(token))
}

func bytes(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

private func request(
    _ line: String = "GET /warder/credentials HTTP/1.1", host: String? = "127.0.0.1:4321",
    authorization: String? = right, _ more: String...
) -> String {
    var lines = [line]
    if let host { lines.append("Host: \(host)") }
    if let authorization { lines.append("Authorization: \(authorization)") }
    return (lines + more + ["", ""]).joined(separator: "\r\n")
}

private let goodList: [String] = [
    request(), request(host: "localhost:4321"), request(host: "LocalHost:4321"), request(host: "127.0.0.1"),
    request("GET /warder/credentials HTTP/1.0"), request(host: "127.0.0.1:4321", "Accept: application/json"),
    request("GET /warder/credentials HTTP/1.1", "Content-Length: 0", "User-Agent: aws-sdk-go/1.44"),
    "GET /warder/credentials HTTP/1.1\r\nhOST:127.0.0.1:4321\r\nAUTHORIZATION: \t\(right) \t\r\n\r\n",
]

private let foreignHostsList: [String] = [
    "evil.example", "evil.example:4321", "127.0.0.1:432", "127.0.0.1:43210", "127.0.0.1:", "127.0.0.1.",
    "127.1:4321",
    "localhost.:4321", "[::1]:4321", "0.0.0.0:4321", "", "127.0.0.1:4321, evil.example", "user@127.0.0.1:4321",
]

private let wrongTokensList: [String] = [
    "", "x", right.uppercased(), right + "0", String(right.dropLast()), "Bearer " + right, right + ", " + right,
]

private let otherPathsList: [String] = [
    "/", "/warder", "/warder/credentials/", "/warder/credentials?", "/warder/credentials%00",
    "//warder/credentials",
    "/WARDER/credentials", "http://127.0.0.1:4321/warder/credentials", "*",
]

private let malformedList: [String] = [
    "", "\r\n", "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.2\r\n\r\n", "GET / HTTP/2\r\n\r\n",
    "GET  / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "G(T / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\n\n", "GET / HTTP/1.1\r\nHost: x\n\r\n", "GET / HTTP/1.1\r\rn\r\n",
    "GET /\u{0} HTTP/1.1\r\n\r\n",
    "GET /é HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\nA: x\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n", "GET / HTTP/1.1\r\nA: x", "GET / HTTP/1.1\r\nA: x\r\n",
]

private let smuggledList: [String] = [
    request("GET /warder/credentials HTTP/1.1", "Host: 127.0.0.1:4321"),
    request("GET /warder/credentials HTTP/1.1", "authorization: \(right)"),
    request("GET /warder/credentials HTTP/1.1", "Content-Length: 1"),
    request("GET /warder/credentials HTTP/1.1", "Content-Length: 00"),
    request("GET /warder/credentials HTTP/1.1", "Transfer-Encoding: identity"), request() + "x",
    request() + request(),
]

@Suite("which requests are served") struct JudgementTests {
    @Test("what SDKs send", arguments: goodList)
    func good(_ head: String) { #expect(judged(head) == nil) }

    @Test("a host that is another one's name", arguments: foreignHostsList)
    func otherHost(_ host: String) { #expect(judged(request(host: host)) == .forbidden) }

    @Test("no host at all") func noHost() { #expect(judged(request(host: nil)) == .forbidden) }

    @Test("a token that is not the one", arguments: wrongTokensList)
    func otherToken(_ given: String) { #expect(judged(request(authorization: given)) == .unauthorized) }

    @Test("no token at all") func noToken() { #expect(judged(request(authorization: nil)) == .unauthorized) }

    @Test("who lacks the token learns nothing of path and method") func order() {
        #expect(judged(request("POST / HTTP/1.1", authorization: "x")) == .unauthorized)
        #expect(judged(request("POST / HTTP/1.1")) == .unknownPath)
        #expect(judged(request("POST / HTTP/1.1", host: "evil.example", authorization: "x")) == .forbidden)
    }

    @Test("another path", arguments: otherPathsList)
    func otherPath(_ path: String) { #expect(judged(request("GET \(path) HTTP/1.1")) == .unknownPath) }

    @Test("another method", arguments: ["POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "get", "GETS", "G"])
    func otherMethod(_ method: String) {
        #expect(judged(request("\(method) /warder/credentials HTTP/1.1")) == .wrongMethod)
    }

    @Test("what is no request", arguments: malformedList)
    func malformed(_ head: String) { #expect(judged(head) == .malformed) }

    @Test("a header twice, a body, something behind", arguments: smuggledList)
    func smuggled(_ head: String) { #expect(judged(head) == .malformed) }

    @Test("headers without end") func many() {
        func head(_ count: Int) -> String {
            let more = String(repeating: "A: b\r\n", count: count)
            return String(request().dropLast(1)) + more + "\r\n"
        }
        #expect(judged(head(RequestHead.lineLimit - 3)) == nil)
        #expect(judged(head(RequestHead.lineLimit + 1)) == .malformed)
    }

    @Test("cut anywhere, it is no request") func cut() {
        let whole = Array(request().utf8)
        for end in 0..<whole.count {
            #expect(judged(String(decoding: whole[..<end], as: UTF8.self)) == .malformed)
        }
    }

    @Test("with any byte changed, it is served only where that means the same") func changed() {
        let whole = Array(request("GET /warder/credentials HTTP/1.1", "X: yz").utf8)
        var served = 0
        for index in whole.indices {
            for byte in [UInt8(0), 9, 10, 13, 32, 58, 127, 128, 255] {
                var other = whole
                other[index] = byte
                var head = SecretBytes(capacity: other.count)
                for byte in other { head.append(byte) }
                guard other != whole, denial(of: head, port: 4321, token: bytes(right)) == nil else { continue }
                // Only the space behind a colon, and what is in the header that nobody reads.
                let place = String(decoding: whole[max(0, index - 3)...index], as: UTF8.self)
                #expect(place.contains(": ") || place.contains("X"), "\(byte) at \(index)")
                served += 1
            }
        }
        #expect(served > 0)
    }
}
