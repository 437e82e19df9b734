import Foundation
import SSO
import STS
import Secrets
import Servers
import Synchronization
import Testing
import Threads
import Times
import Transport

@Suite(
    "Sign-in with a browser", .waits, .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct BrowserTests {
    @Test("gives a token that the portal takes")
    func good() throws {
        let center = try Center(scopes: ["sso:account:access", "other:scope"])
        let token = try center.token()
        #expect(try center.log() == "/client/register /authorize /token:authorization_code")
        let credentials = try center.portal().credentials(
            role: "Admin +/é", account: "111111111111", token: token.accessToken)
        let keyID = credentials.accessKeyID
        #expect(keyID == "ASIAIOSFODNN7EXAMPLE")
        let (site, left) = (token.site, token.expiration - Timing.system.now())
        #expect(site == center.site)
        #expect((28_780...28_800).contains(left))
        let refreshToken = text(ifPresent: token.refreshToken)
        #expect(refreshToken?.hasPrefix("refresh-") == true)
        let registration = secrets(of: token.registration)
        #expect(registration?.contains(" client-secret-") == true)
    }

    @Test("tells the browser that it is done, and nothing else")
    func page() throws {
        let center = try Center()
        let page = Mutex("")
        let listener = try CallbackListener()
        _ = try center.signIn().withBrowser(listener, until: Timing.system.uptime() + 120_000) { _, url in
            Thread.detachNewThread {
                let answer = browse(url)
                page.withLock { $0 = answer }
            }
        }
        for _ in 0..<3000 where page.withLock({ $0.isEmpty }) { usleep(20_000) }
        let answer = page.withLock { $0 }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("You can close this window"))
        #expect(answer.contains("Referrer-Policy: no-referrer") && answer.contains("default-src 'none'"))
        #expect(!answer.contains("code/") && !answer.contains("code%2F"))
    }

    /// What anybody may send, and the status it is answered with.
    static let foreign: [(String, String)] = [
        ("GET /oauth/callback?code=x HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=wrong HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATE&state=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state= HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATEx HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&State=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?state=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?state=STATE&code= HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?state=STATE&code=a&code=b HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?state=STATE&code=%0d%0aa HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?state=STATE&code=%zz HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?state=STATE&code=% HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?error=access_denied HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?error=access_denied&state=wrong HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATE HTTP/1.1\r\nHost: evil.example:80\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATE HTTP/1.1\r\nHost: HERE\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATE HTTP/1.1\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATE HTTP/2\r\nHost: HERE\r\n\r\n", "400"),
        ("GET /oauth/callback?code=x&state=STATE\r\nHost: HERE\r\n\r\n", "400"),
        ("POST /oauth/callback?code=x&state=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "405"),
        ("HEAD /oauth/callback?code=x&state=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "405"),
        ("GET /favicon.ico HTTP/1.1\r\nHost: HERE\r\n\r\n", "404"),
        ("GET /oauth/callback/?code=x&state=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "404"),
        ("GET http://127.0.0.1/oauth/callback?code=x&state=STATE HTTP/1.1\r\nHost: HERE\r\n\r\n", "404"),
        ("GET /oauth/callback HTTP/1.1\r\nHost: HERE\r\n\r\n", "400"),
        ("\u{16}\u{3}\u{1}\u{0}\r\n\r\n", "400"), ("\r\n\r\n", "400"), (" \r\n\r\n", "400"), ("GET \r\n\r\n", "400"),
        ("GET  HTTP/1.1\r\n\r\n", "404"), ("GET ? HTTP/1.1\r\n\r\n", "404"), ("\r\n\r\r\n\r\n", "400"),
        (String(repeating: "A", count: 40_000), ""),
        ("GET / HTTP/1.1\r\nX: " + String(repeating: "A", count: 40_000) + "\r\n\r\n", ""),
    ]

    @Test("refuses whatever does not carry its state, and goes on waiting")
    func foreignRequests() throws {
        let center = try Center()
        let answers = Mutex<[String]>([])
        let token = try center.token { url, port in
            let state = url.split(separator: "&").first { $0.hasPrefix("state=") }?.dropFirst(6) ?? ""
            for (request, _) in Self.foreign {
                let request = request.replacingOccurrences(of: "STATE", with: state)
                    .replacingOccurrences(of: "HERE", with: "127.0.0.1:\(port)")
                let answer = exchange(port, request)
                answers.withLock { $0.append(String(answer.prefix(12).suffix(3))) }
            }
            return url
        }
        #expect(text(token.accessToken).hasPrefix("access-"))
        let seen = answers.withLock { $0 }
        #expect(seen.count == Self.foreign.count)
        // Who sends too much may find the connection reset before the answer is read.
        for (answer, (request, status)) in zip(seen, Self.foreign) where !status.isEmpty {
            #expect(answer == status, "\(request.debugDescription)")
        }
    }

    @Test("does not mind those who connect and are silent, slow, or gone", arguments: [1, 31, 100])
    func silent(count: Int) throws {
        let center = try Center()
        let held = Mutex<[Int32]>([])
        defer { held.withLock { $0.forEach { _ = close($0) } } }
        let token = try center.token { url, port in
            for index in 0..<count {
                guard let connection = connected(port) else { continue }
                if index % 3 == 0 { _ = send(connection, "GET /oau", 8, Int32(MSG_NOSIGNAL)) }
                if index % 5 == 4 { close(connection) } else { held.withLock { $0.append(connection) } }
            }
            return url
        }
        #expect(text(token.accessToken).hasPrefix("access-"))
    }

    @Test("says that the user declined")
    func denied() throws {
        let center = try Center(scopes: ["test:deny"])
        let refusal = SignInRefusal(code: "access_denied", message: "the user declined", status: 0)
        #expect(throws: SignInError.accessDenied(refusal)) { _ = try center.token() }
    }

    @Test("ends at its deadline, whatever is sent")
    func deadline() throws {
        let center = try Center()
        let start = Timing.system.uptime()
        #expect(throws: SignInError.timedOut) {
            _ = try center.token(seconds: 2) { _, port in
                while exchange(port, "GET /oauth/callback?code=x&state=y HTTP/1.1\r\n\r\n") != "" {}
                return "http://127.0.0.1:1/"
            }
        }
        let taken = Timing.system.uptime() - start
        #expect((1900...40_000).contains(taken))
        #expect(try center.log() == "/client/register")
    }

    @Test("takes no code that was used before")
    func replay() throws {
        let center = try Center()
        let sender = Replaying(sender: try CurlSender(userAgent: "warder/test"))
        let refusal = SignInRefusal(code: "invalid_grant", message: "code", status: 400)
        #expect(throws: SignInError.invalidGrant(refusal)) { _ = try center.token(sender: sender) }
    }

    @Test("takes no code that was asked for with another challenge")
    func verifier() throws {
        let center = try Center()
        let refusal = SignInRefusal(code: "invalid_grant", message: "code verifier", status: 400)
        #expect(throws: SignInError.invalidGrant(refusal)) {
            _ = try center.token { url, _ in
                let end = url.range(of: "code_challenge=")?.upperBound ?? url.endIndex
                return url[..<end] + "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            }
        }
    }

    @Test("sends a code once, whatever is answered")
    func once() throws {
        let center = try Center()
        try center.tell("fail", #"{"path": "/token", "statuses": [503, 503]}"#)
        #expect(throws: SignInError.refused(SignInRefusal(code: "", message: "", status: 503))) {
            _ = try center.token()
        }
        #expect(try center.log() == "/client/register /authorize /token:authorization_code")
    }

    @Test("takes a request that comes byte by byte")
    func slow() throws {
        let center = try Center()
        let token = try center.token { url, port in
            // The sign-in page itself is asked at once; where it sends to is where the slowness matters.
            let answer = exchange(URLComponents(string: url)?.port.map { UInt16($0) } ?? 0, request(url))
            let location = answer.split(separator: "\r\n").first { $0.hasPrefix("Location: ") }?.dropFirst(10) ?? ""
            guard let connection = connected(port) else { return url }
            for byte in request(String(location)).utf8 {
                _ = withUnsafeBytes(of: byte) { send(connection, $0.baseAddress, 1, Int32(MSG_NOSIGNAL)) }
                usleep(200)
            }
            usleep(500_000)
            close(connection)
            return "http://127.0.0.1:1/"
        }
        #expect(text(token.accessToken).hasPrefix("access-"))
    }

    @Test("survives requests that are damaged at random")
    func random() throws {
        let center = try Center()
        let token = try center.token { url, port in
            let state = String(repeating: "A", count: 43)
            let good = Array(request("http://127.0.0.1:\(port)/oauth/callback?code=x&state=\(state)").utf8)
            var generator = SystemRandomNumberGenerator()
            // Once the kernel has found the owner of one connection, its "none" is believed. Until then, each
            // connection that is gone makes the listener read the text of all sockets of the machine.
            let held = connected(port)
            defer { if let held { close(held) } }
            for _ in 0..<400 {
                var bytes = good
                for _ in 0...Int.random(in: 0..<4, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[index] = [0, 13, 10, 32, 37, 38, 61, 63, 255].randomElement(using: &generator) ?? 0
                    case 1: bytes.remove(at: index)
                    default: bytes.insert(bytes[index], at: index)
                    }
                }
                guard let connection = connected(port) else { continue }
                let cut = Int.random(in: 0...bytes.count, using: &generator)
                for piece in [bytes[..<cut], bytes[cut...]] {
                    _ = piece.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                }
                close(connection)
            }
            return url
        }
        #expect(text(token.accessToken).hasPrefix("access-"))
    }

    @Test("registers anew each time")
    func registration() throws {
        let center = try Center()
        let (first, second) = (try registration(of: center.token()), try registration(of: center.token()))
        #expect(first != nil && first != second)
    }

    private func registration(of token: borrowing SSOToken) -> String? { secrets(of: token.registration) }
}
