import Foundation
import SSO
import STS
import Servers
import Synchronization
import Testing
import Times
import Threads

@Suite(
    "Sign-in with a device code", .waits, .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct DeviceCodeTests {
    let clock = TestClock()

    private func token(_ center: Center, seconds: Int64 = 300) throws -> SSOToken {
        try center.signIn(clock.timing())
            .withDeviceCode(until: clock.uptime + seconds * 1000) { _ in }
    }

    @Test("shows where to go, and polls at the pace that it is told")
    func good() throws {
        let center = try Center(["--paced"])
        let prompts = Mutex<[DevicePrompt]>([])
        let start = Timing.system.uptime()
        let token = try center.signIn().withDeviceCode(until: start + 120_000) { prompt in
            prompts.withLock { $0.append(prompt) }
            // Not before the first poll, so that there are two at least.
            Thread.detachNewThread {
                while (try? center.log())?.contains("/token:device_code") == false { usleep(20_000) }
                _ = try? center.tell("device", #"{"is": "approved"}"#)
            }
        }
        let seconds = Int((Timing.system.uptime() - start) / 1000)
        #expect(text(token.accessToken).hasPrefix("access-"))
        let refreshToken = text(ifPresent: token.refreshToken)
        #expect(refreshToken?.hasPrefix("refresh-") == true)
        let prompt = try #require(prompts.withLock { $0.first })
        #expect(prompt.verificationURI == "https://device.sso.eu-west-1.amazonaws.com/")
        #expect(prompt.verificationURIComplete == prompt.verificationURI + "?user_code=ABCD-EFGH")
        #expect(prompt.userCode == "ABCD-EFGH")
        let polls = try center.log().split(separator: " ").filter { $0 == "/token:device_code" }.count
        #expect(polls >= 2 && polls <= seconds)
    }

    @Test("waits five seconds more each time after it is told to slow down")
    func slowDown() throws {
        let center = try Center()
        try center.tell("device", #"{"is": "slow"}"#)
        _ = try token(center)
        #expect(clock.sleeps == [1000, 6000])
    }

    @Test("bears with failures that pass", arguments: [500, 503, 429])
    func passing(status: Int) throws {
        let center = try Center()
        try center.tell("device", #"{"is": "approved"}"#)
        try center.tell("fail", #"{"path": "/token", "statuses": [\#(status)], "body": "<html>"}"#)
        _ = try token(center)
        #expect(clock.sleeps == [1000, 6000])
    }

    @Test("says that the user declined, and that the code has ended", arguments: ["denied", "expired"])
    func refused(what: String) throws {
        let center = try Center()
        try center.tell("device", #"{"is": "\#(what)"}"#)
        let expected =
            what == "denied"
            ? SignInError.accessDenied(SignInRefusal(code: "access_denied", message: "", status: 400))
            : .expiredToken(SignInRefusal(code: "expired_token", message: "", status: 400))
        #expect(throws: expected) { _ = try token(center) }
    }

    @Test("ends with its deadline or with the code, whichever comes first", arguments: [(10, 600, 9), (300, 30, 29)])
    func deadline(seconds: Int64, lifetime: Int, polls: Int) throws {
        let center = try Center()
        try center.tell("lives", #"{"device": \#(lifetime)}"#)
        #expect(throws: SignInError.timedOut) { _ = try token(center, seconds: seconds) }
        #expect(clock.sleeps == Array(repeating: 1000, count: polls))
    }

    @Test("gets no refresh token without scopes, and goes on without")
    func legacy() throws {
        let center = try Center(scopes: [])
        try center.tell("device", #"{"is": "approved"}"#)
        let token = try token(center)
        let refreshToken = text(ifPresent: token.refreshToken)
        #expect(refreshToken == nil)
        #expect(throws: SignInError.signInNeeded) { _ = try token.renewed(by: center.oidc()) }
    }

    static let strange: [(String, String)] = [
        ("verificationUri", #""verificationUri": "file:///etc/passwd""#),
        ("verificationUri", #""verificationUri": "javascript:alert(1)""#),
        ("verificationUri", #""verificationUri": "https://a b""#),
        ("verificationUriComplete", #""verificationUriComplete": "http://evil.example/""#),
        ("userCode", #""userCode": "\u001b[2J""#), ("userCode", #""userCode": """#),
        ("deviceCode", #""deviceCode": null"#), ("expiresIn", #""expiresIn": -1"#),
        ("expiresIn", #""expiresIn": "x""#), ("interval", #""interval": 0"#),
    ]

    @Test("refuses answers that cannot be", arguments: strange)
    func refusedAnswer(member: String, text: String) throws {
        let center = try Center()
        let body =
            #"{"deviceCode": "d", "userCode": "u", "verificationUri": "https://a/", "expiresIn": 9, "interval": 1, "#
            + text + "}"
        try center.tell("fail", #"{"path": "/device_authorization", "statuses": [200], "body": \#(quoted(body))}"#)
        #expect(throws: SignInError.missing(member, status: 200)) { _ = try token(center) }
    }
}
