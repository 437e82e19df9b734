import Failures
import Secrets
import Sessions
import Testing

@testable import Delivering

@Suite("Credentials that are served")
struct ServedCredentialsTests {
    private func served(
        _ credentials: consuming Credentials, _ freshness: Freshness = .ordinary, now: Int64 = end - 3600
    ) throws -> ServedCredentials {
        try ServedCredentials(credentials, profile: "prod", freshness: freshness, now: now)
    }

    @Test func areAsAContainerGivesThem() throws {
        let served = try served(credentials(expiration: end, account: "123456789012"))
        #expect(
            served.json.shown
                == "{\"AccessKeyId\":\"ASIAEXAMPLE\",\"SecretAccessKey\":\"se/cr+et\",\"Token\":\"to/ken+=\","
                + "\"Expiration\":\"2026-07-31T09:05:07Z\",\"AccountId\":\"123456789012\"}\n")
        #expect(served.end == end && served.margin == 16 * 60)
    }

    @Test func endByThisMachinesClock() throws {
        var session = credentials(expiration: end)
        session.clockOffset = 600
        let served = try served(session)
        #expect(served.end == end - 600)
        #expect(served.json.shown.contains("2026-07-31T09:05:07Z"))
    }

    /// A life that is known counts from its beginning, however old the session is.
    @Test(
        arguments: [
            (nil, 3600, Freshness.ordinary, 960), (nil, 900, .ordinary, 180), (end - 3600, 900, .ordinary, 960),
            (nil, 3600, .longer(1800), 1800), (nil, 1000, .longer(1800), 200), (nil, 3600, .exactly(7200), 7200),
        ] as [(Int64?, Int64, Freshness, Int64)])
    func areRenewedByTheSameRuleAsCachedOnes(
        _ issued: Int64?, _ left: Int64, _ freshness: Freshness, _ margin: Int64
    ) throws {
        var session = credentials(expiration: end)
        session.issued = issued
        #expect(try served(session, freshness, now: end - left).margin == margin)
    }

    @Test(arguments: [(nil, end), ("t", nil), (nil, nil)] as [(String?, Int64?)])
    func areSessionsAlone(_ token: String?, _ expiration: Int64?) {
        let failure = failure { () throws(Failure) in
            _ = try ServedCredentials(
                credentials(token: token, expiration: expiration), profile: "prod", freshness: .ordinary, now: end - 60)
        }
        #expect(failure?.code == .usage)
        #expect(failure?.message == "prod gives a key without an end, which needs no renewing")
    }

    @Test func goFromProcessToProcessInTwoLines() throws {
        var text = SecretBytes(capacity: 16)
        let served = try served(credentials(expiration: end))
        served.write(to: &text)
        #expect(text.shown == "\(end) 960\n" + served.json.shown)
        guard let read = ServedCredentials(text) else {
            Issue.record("the two lines are not read")
            return
        }
        #expect(read.end == end && read.margin == 960 && read.json.shown == served.json.shown)
    }

    @Test(arguments: [
        "", "\n", "1 2", "1 2\n", "1\n{}", "1 2 3\n{}", " 1 2\n{}", "1  2\n{}", "a 2\n{}", "1 b\n{}",
        "warder: no\nhint: x\n",
        "99999999999999999999 1\n{}", "1 2\r\n{}",
    ])
    func whatIsNotTheTwoLinesIsNone(_ text: String) {
        let isNone =
            switch ServedCredentials(secret(text)) {
            case .some: false
            case .none: true
            }
        #expect(isNone)
    }

    @Test(arguments: [("a\nb\n", 0, 1), ("a\nb\n", 2, 3), ("ab", 0, nil), ("", 0, nil), ("\n", 0, 0), ("\n", 5, nil)])
    func linesEnd(_ text: String, _ start: Int, _ end: Int?) {
        let found = secret(text).lineEnd(from: start)
        #expect(found == end)
    }
}
