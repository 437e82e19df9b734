import Foundation
import Linux
import Synchronization
import Testing
import Threads
import Times

@testable import SSO

@Suite("A page that is handed to a browser", .waits)
struct HandOverTests {
    private static let page = "https://signin.example/federation?Action=login&SigninToken=t0ken"

    /// Hands it over to what `browse` is, for two seconds at most.
    private func handOver(
        as owner: PeerOwner = .user(geteuid()), _ browse: @escaping @Sendable (_ entrance: String) -> Void
    ) throws -> Bool {
        let listener = try CallbackListener { _, _ in owner }
        do {
            try listener.handOver(secret(Self.page), until: Timing.system.uptime() + 2_000) { entrance in
                Thread.detachNewThread { browse(entrance) }
            }
            return true
        } catch SignInError.timedOut { return false }
    }

    private func exchange(_ url: String) -> String {
        guard let port = URLComponents(string: url)?.port else { return "" }
        return SSOTests.exchange(UInt16(port), request(url))
    }

    @Test("goes to the first who knows its name, and there is no second")
    func once() throws {
        let seen = Mutex<[String]>([])
        let isDone = try handOver { entrance in
            let wrong = exchange(entrance + "x")
            let right = exchange(entrance)
            seen.withLock { $0 = [entrance, wrong, right] }
        }
        #expect(isDone)
        // The answer has arrived; the thread that waited for it may need a moment more.
        while seen.withLock({ $0.isEmpty }) { usleep(10_000) }
        let texts = seen.withLock { $0 }
        #expect(texts[0].wholeMatch(of: /http:\/\/127\.0\.0\.1:\d+\/sign-in\/[\w-]{43}/) != nil)
        #expect(texts[1].hasPrefix("HTTP/1.1 404 ") && !texts[1].contains("t0ken"))
        #expect(texts[2].hasPrefix("HTTP/1.1 302 ") && texts[2].contains("\r\nLocation: \(Self.page)\r\n"))
        #expect(texts[2].contains("no-store") && texts[2].contains("no-referrer"))
        #expect(exchange(texts[0]).isEmpty)
    }

    @Test("is not waited for any longer once the browser has failed")
    func failed() throws {
        let listener = try CallbackListener { _, _ in .user(geteuid()) }
        let start = Timing.system.uptime()
        #expect(throws: SignInError.timedOut) {
            try listener.handOver(
                secret(Self.page), until: start + 60_000, open: { _ in }, hasFailed: { true })
        }
        #expect(Timing.system.uptime() - start < 30_000)
    }

    @Test("goes to a browser that had asked for it before it failed")
    func askedAndFailed() throws {
        let listener = try CallbackListener { _, _ in .user(geteuid()) }
        let connection = try #require(connected(listener.port))
        defer { close(connection) }
        try listener.handOver(
            secret(Self.page), until: Timing.system.uptime() + 60_000,
            open: { entrance in
                _ = Array(request(entrance).utf8).withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
            }, hasFailed: { true })
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(connection, &buffer, buffer.count, 0)
        #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self).hasPrefix("HTTP/1.1 302 "))
    }

    @Test("is not given to other users", arguments: [PeerOwner.user(geteuid() + 1), .nobody, .unknown])
    func others(_ owner: PeerOwner) throws {
        let seen = Mutex("")
        let isDone = try handOver(as: owner) { entrance in
            let answer = exchange(entrance)
            seen.withLock { $0 = answer }
        }
        #expect(!isDone)
        let answer = seen.withLock { $0 }
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && !answer.contains("t0ken"))
    }

    @Test("ends by nothing that comes back")
    func callback() throws {
        let isDone = try handOver { entrance in
            let base = entrance.prefix { $0 != "s" } + ""
            _ = exchange(base + "oauth/callback?code=x&state=y")
            _ = exchange(base + "oauth/callback?error=access_denied&state=")
        }
        #expect(!isDone)
    }
}
