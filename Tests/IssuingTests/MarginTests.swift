import Failures
import Issuing
import Linux
import RoomSupport
import Sessions
import Testing
import Transport

@Suite("How long a session is served")
struct MarginTests {
    /// Sessions of STS in answer to the next requests, that live so long.
    private func plan(_ rig: Rig, _ lives: Int64...) {
        for (number, life) in lives.enumerated() {
            let action = rig.sts.requests.isEmpty && number == 0 && lives.count > 1 ? "GetSessionToken" : "AssumeRole"
            let role = action == "AssumeRole" ? Rig.admin : nil
            rig.sts.next(
                .answer(
                    200,
                    TestSTS.session(
                        action, id: "ASIALIFEOFSO\(number)\(1000 + life)", until: rig.clock.now + life, roleARN: role)))
        }
    }

    @Test("a second process asks STS for nothing")
    func cached() throws {
        let rig = try Rig(Rig.plainProfiles)
        let first = try rig.key()
        #expect(try rig.key() == first)
        #expect(try rig.key(as: .command) == first)
        #expect(rig.sts.actions == ["AssumeRole"])
    }

    @Test("one of an hour is served while it has sixteen minutes left", arguments: [0, 1])
    func hour(secondsTooLate: Int64) throws {
        let rig = try Rig(Rig.plainProfiles)
        let first = try rig.key()
        rig.clock.advance(3600 - 960 + secondsTooLate)
        #expect((try rig.key() == first) == (secondsTooLate == 0))
        #expect(rig.sts.actions.count == 1 + Int(secondsTooLate))
    }

    @Test("one of fifteen minutes is served for four fifths of it", arguments: [0, 1])
    func quarter(secondsTooLate: Int64) throws {
        let rig = try Rig(
            Rig.plainProfiles
                + "[profile short]\nrole_arn = \(Rig.admin)\nsource_profile = alice\nduration_seconds = 900\n")
        let first = try rig.key(of: "short")
        #expect(rig.sts.requests[0].form["DurationSeconds"] == "900")
        rig.clock.advance(720 + secondsTooLate)
        let cached = try rig.issuer("short").cachedSession(0)
        #expect(cached?.isServed == (secondsTooLate == 0))
        #expect((try rig.key(of: "short") == first) == (secondsTooLate == 0))
        #expect(rig.sts.actions.count == 1 + Int(secondsTooLate))
    }

    @Test(
        "one that lives little longer than the margin, or less, is served too",
        arguments: [20, 900, 950, 1500] as [Int64])
    func shortLives(life: Int64) throws {
        let rig = try Rig()
        plan(rig, life, life)
        let first = try rig.key(code: "123456")
        for _ in 0..<3 { #expect(try rig.key() == first) }
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole"])
    }

    /// A role's session lives as long whether the session that signs for it ends soon or not.
    @Test("what the caller asks for holds for the last step alone: no code is asked for to sign with a longer session")
    func lastStepAlone() throws {
        let rig = try Rig()
        plan(rig, 1500, 900, 900)
        try rig.key(code: "123456")
        rig.clock.advance(700)
        try rig.key(freshness: .exactly(900), strict: true)
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole", "AssumeRole"])
    }

    @Test("one code serves every role behind it")
    func oneCode() throws {
        let rig = try Rig()
        try rig.key(code: "123456")
        try rig.key(of: "audit")
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole", "AssumeRole"])
        #expect(rig.codes == ["123456"])
    }

    @Test(
        "the old one is served while it is valid if the new one is refused",
        arguments: [TestSTS.refusal("AccessDenied"), TestSTS.refusal("InternalFailure", status: 500)])
    func renewalFails(reply: ScriptedResponse) throws {
        let rig = try Rig(Rig.plainProfiles)
        let first = try rig.key()
        rig.clock.advance(2700)
        rig.sts.next(reply, reply, reply)
        #expect(try rig.key() == first)
        #expect(rig.sts.actions.count > 1)
    }

    @Test("the old one is served while it is valid if nobody can be asked, and no longer")
    func nobodyToAsk() throws {
        let rig = try Rig()
        let first = try rig.key(of: "alice", code: "123456")
        rig.clock.advance(43_200 - 300)
        #expect(try rig.key(of: "alice") == first)
        rig.clock.advance(299)
        #expect(try rig.key(of: "alice") == first)
        rig.clock.advance(1)
        #expect(rig.failure(of: "alice")?.code == .promptNeeded)
        #expect(rig.sts.actions == ["GetSessionToken"])
    }

    @Test("who wants more of it is not given the old one")
    func strict() throws {
        let rig = try Rig(Rig.plainProfiles)
        let first = try rig.key()
        rig.clock.advance(2700)
        rig.sts.next(TestSTS.refusal("AccessDenied"))
        #expect(rig.failure(strict: true)?.code == .refused)
        #expect(try rig.key() == first)
    }

    @Test("who wants so much of it is given a new one")
    func longer() throws {
        let rig = try Rig(Rig.plainProfiles)
        let first = try rig.key()
        rig.clock.advance(1000)
        #expect(try rig.key(freshness: .longer(2600), strict: true) == first)
        let second = try rig.key(freshness: .longer(2601), strict: true)
        #expect(second != first)
        // What another process has made just now has as much as there is.
        #expect(try rig.key(freshness: .longer(3600), strict: true) == second)
    }

    @Test("one that claims to last for ever ends after 36 hours")
    func longest() throws {
        let rig = try Rig()
        plan(rig, 400_000_000, 3600)
        let session = try rig.issuer("alice", code: "123456").credentials()
        #expect(session.expiration == rig.clock.now + 129_600)
    }

    @Test("the same role with another parameter is another session")
    func otherParameters() throws {
        let rig = try Rig(
            Rig.plainProfiles
                + "[profile narrow]\nrole_arn = \(Rig.admin)\nsource_profile = alice\nwarder_external_id = other\n")
        #expect(try rig.key() != rig.key(of: "narrow"))
        #expect(rig.sts.requests.map { $0.form["ExternalId"] } == [nil, "other"])
    }

    @Test("a session of another endpoint is another session; one of another region is not")
    func otherEndpoint() throws {
        let rig = try Rig(Rig.plainProfiles)
        let first = try rig.key()
        rig.home.set("AWS_REGION", "us-east-2")
        #expect(try rig.key() == first)
        rig.home.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        #expect(try rig.key() != first)
        #expect(rig.sts.requests.map(\.url) == ["https://sts.eu-west-1.amazonaws.com/", "http://127.0.0.1:9/"])
    }

    @Test("where no cache can be made nothing is kept, and the answer is good", arguments: ["file", "link", "circle"])
    func noCache(kind: String) throws {
        // A helper says nothing beside an answer that is good.
        for (method, said) in [(Rig.Method.helper, 0), (.command, 1)] {
            let rig = try Rig(Rig.plainProfiles)
            let path = rig.home.path + "/nowhere"
            switch kind {
            case "file": try rig.home.write("", to: "nowhere")
            case "link": try rig.home.link("nowhere", to: rig.home.path + "/absent")
            default: try rig.home.link("nowhere", to: path)
            }
            rig.home.set("XDG_CACHE_HOME", path)
            try rig.key(as: method)
            #expect(rig.home.console.lines.count { $0.contains("not kept for the next call") } == said)
        }
    }

    @Test("what STS cannot answer at the moment is asked for again, without a wait on the wall clock")
    func retried() throws {
        let rig = try Rig(Rig.plainProfiles)
        let passing = TestSTS.refusal("InternalFailure", status: 500)
        rig.sts.next(passing, passing)
        try rig.key()
        #expect(rig.sts.actions == ["AssumeRole", "AssumeRole", "AssumeRole"])
        #expect(rig.clock.sleeps.count == 2)
    }
}
