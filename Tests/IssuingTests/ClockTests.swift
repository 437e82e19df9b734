import Failures
import Issuing
import Linux
import RoomSupport
import Secrets
import Sessions
import Stores
import Testing
import Times

@Suite("Where this machine's clock is wrong")
struct ClockTests {
    /// What is known of AWS's clock is held to the machine's own clocks.
    private func rig(ahead seconds: Int64) throws -> Rig {
        let rig = try Rig(Rig.plainProfiles, clock: .atPresent())
        rig.sts.setAhead(by: seconds)
        return rig
    }

    private static let year: Int64 = 365 * 86_400

    @Test("sessions go by AWS's", arguments: [-year, year, -1800, 1800])
    func offset(ahead: Int64) throws {
        let rig = try rig(ahead: ahead)
        let credentials = try rig.issuer().credentials()
        #expect(credentials.expiration == rig.clock.now + ahead + 3600)
        #expect(credentials.clockOffset == ahead)
        #expect(credentials.end == rig.clock.now + 3600)
        // It is served from the cache by the same measure.
        #expect(try rig.key() == credentials.accessKeyID)
        let cached = try rig.issuer().cachedSession(0)
        #expect(cached?.clockOffset == ahead && cached?.isServed == true)
        #expect(cached?.end == rig.clock.now + 3600)
        #expect(rig.sts.actions.count == 1)
    }

    @Test("a minute less is no offset", arguments: [-59, 0, 59] as [Int64])
    func same(ahead: Int64) throws {
        let rig = try rig(ahead: ahead)
        #expect(try rig.issuer().credentials().clockOffset == 0)
    }

    @Test(
        "a command says so, once, and the helper of an SDK does not",
        arguments: [
            (-year, "365d ahead of"), (year, "365d behind"), (-1800, "30m ahead of"), (-299, nil), (100, nil),
        ] as [(Int64, String?)])
    func said(ahead: Int64, words: String?) throws {
        let rig = try rig(ahead: ahead)
        try rig.key()
        #expect(rig.home.console.lines.isEmpty)
        let issuer = try rig.issuer(as: .command)
        _ = try issuer.credentials()
        _ = try issuer.credentials()
        let said = words.map {
            "warder: this machine's clock is \($0) AWS's: set it, since programs go by it (timedatectl)"
        }
        #expect(rig.home.console.lines == [said].compactMap { $0 })
    }

    @Test("a request that is refused for its time is signed anew, by AWS's clock")
    func skewed() throws {
        let rig = try rig(ahead: 0)
        let date = UnixTime(rig.clock.now + 3600).httpDate
        guard case .answer(let status, let body, _) = TestSTS.refusal("RequestTimeTooSkewed") else { return }
        rig.sts.next(.answer(status, body, date: date))
        try rig.key()
        let stamps = rig.sts.requests.map { $0.headers["X-Amz-Date"] }
        #expect(
            stamps == [
                UnixTime(rig.clock.now).iso8601Basic, UnixTime(rig.clock.now + 3600).iso8601Basic,
            ])
    }
}
