import Foundation
import Linux
import STS
import Secrets
import Servers
import Synchronization
import Testing
import Times
import Threads

@testable import SSO

@Suite(
    "Whom the sign-in's listener answers", .waits,
    .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct EntranceTests {
    /// Signs in with a listener whose connections are all of `owner`, for two seconds if that is not served.
    private func signIn(
        as owner: PeerOwner, _ browse: @escaping @Sendable (_ page: String, _ entrance: String) -> Void
    ) throws -> Bool {
        let center = try Center()
        let listener = try CallbackListener { _, _ in owner }
        let deadline = Timing.system.uptime() + (owner.isServed ? 60_000 : 2_000)
        do {
            _ = try center.signIn().withBrowser(listener, until: deadline) { page, entrance in
                Thread.detachNewThread { browse(page, entrance) }
            }
            return true
        } catch SignInError.timedOut { return false }
    }

    @Test("the page that the browser is started with says nothing, and goes on to the service once")
    func once() throws {
        let seen = Mutex<[String]>([])
        let isIn = try signIn(as: .user(geteuid())) { page, entrance in
            let other = entrance.replacingOccurrences(of: "/sign-in/", with: "/sign-in/x")
            let answers = [exchange(entrance), exchange(other)]
            let again = exchange(entrance)
            seen.withLock { $0 = [page, entrance] + answers + [again] }
            browse(page)
        }
        #expect(isIn)
        let texts = seen.withLock { $0 }
        let (page, entrance) = (texts[0], texts[1])
        #expect(page.contains("state=") && page.contains("code_challenge="))
        #expect(entrance.hasPrefix("http://127.0.0.1:") && !entrance.contains("?") && entrance.utf8.count > 60)
        #expect(texts[2].hasPrefix("HTTP/1.1 302 ") && texts[2].contains("\r\nLocation: \(page)\r\n"))
        #expect(texts[2].contains("no-referrer") && texts[2].contains("no-store"))
        #expect(texts[3].hasPrefix("HTTP/1.1 404 ") && texts[4].hasPrefix("HTTP/1.1 410 "))
        #expect(!texts[4].contains("state="))
    }

    @Test("root is let in, as is this user", arguments: [PeerOwner.user(0), .user(geteuid())])
    func own(_ owner: PeerOwner) throws { #expect(try signIn(as: owner) { _, entrance in browse(entrance) }) }

    @Test("nobody else is, whatever they know", arguments: [PeerOwner.user(geteuid() + 1), .nobody])
    func others(_ owner: PeerOwner) throws {
        let seen = Mutex<[String]>([])
        let isIn = try signIn(as: owner) { page, entrance in
            let answer = exchange(entrance)
            seen.withLock { $0 = [answer, browse(page)] }
        }
        #expect(!isIn)
        #expect(seen.withLock { $0.map { $0.prefix(13) } } == ["HTTP/1.1 403 ", "HTTP/1.1 403 "])
        #expect(seen.withLock { !$0[0].contains("state=") })
    }

    @Test("where the kernel does not tell, who has the state is let in, and nobody is given it")
    func unknown() throws {
        let seen = Mutex("")
        #expect(
            try signIn(as: .unknown) { page, entrance in
                let answer = exchange(entrance)
                seen.withLock { $0 = answer }
                browse(page)
            })
        #expect(seen.withLock { $0.hasPrefix("HTTP/1.1 403 ") && !$0.contains("state=") })
    }

    @Test("any number of others does not keep this user out")
    func crowd() throws {
        let isFirst = Mutex(200)
        let center = try Center()
        let listener = try CallbackListener { _, _ in
            isFirst.withLock { count -> PeerOwner in
                count -= 1
                return .user(count > 0 ? geteuid() + 1 : geteuid())
            }
        }
        let port = listener.port
        let held = Mutex<[Int32]>([])
        defer { held.withLock { $0.forEach { _ = close($0) } } }
        let token = try center.signIn().withBrowser(listener, until: Timing.system.uptime() + 60_000) { _, entrance in
            Thread.detachNewThread {
                for _ in 0..<199 { if let connection = connected(port) { held.withLock { $0.append(connection) } } }
                browse(entrance)
            }
        }
        #expect(text(token.accessToken).hasPrefix("access-"))
    }
}

/// What a browser is answered at a page, without following it.
private func exchange(_ url: String) -> String {
    exchange(URLComponents(string: url)?.port.map { UInt16($0) } ?? 0, request(url))
}
