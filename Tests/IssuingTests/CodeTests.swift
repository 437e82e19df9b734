import Failures
import Issuing
import Linux
import RoomSupport
import Sessions
import Setup
import Stores
import Synchronization
import Testing
import Threads
import Transport

@Suite("One-time codes: who is asked, and none is sent twice", .waits)
struct CodeTests {
    // MARK: - People

    @Test("a person is asked for a code of the device, and told what became of it")
    func asked() throws {
        let rig = try Rig()
        let prompter = ScriptedPrompter(.code("123456"))
        try rig.key(prompter)
        #expect(
            prompter.asked == [
                .init(kind: .code, profile: "prod", device: Rig.device, note: nil, requiresAnswer: true)
            ])
        #expect(prompter.told == ["+ prod: good for 12h"])
        #expect(rig.sts.requests[0].form["SerialNumber"] == Rig.device)
        #expect(rig.codes == ["123456"])
    }

    @Test("a wrong code is asked for once more")
    func wrongOnce() throws {
        let rig = try Rig()
        rig.sts.next(TestSTS.wrongCode)
        let prompter = ScriptedPrompter(.code("111111"), .code("222222"))
        try rig.key(prompter)
        #expect(prompter.asked.map(\.note) == [nil, "wrong code, or used before"])
        #expect(rig.codes == ["111111", "222222"])
    }

    @Test("a second wrong code is the end")
    func wrongTwice() throws {
        let rig = try Rig()
        rig.sts.next(TestSTS.wrongCode, TestSTS.wrongCode)
        let prompter = ScriptedPrompter(.code("111111"), .code("222222"), .code("333333"))
        let failure = rig.failure(prompter)
        #expect(failure?.code == .refused)
        #expect(failure?.message.contains("the MFA code is wrong") == true)
        #expect(prompter.told.count == 1 && prompter.told[0].hasPrefix("- "))
        #expect(rig.codes == ["111111", "222222"])
    }

    @Test("what is refused for another reason is not asked for again")
    func otherRefusal() throws {
        let rig = try Rig()
        rig.sts.next(TestSTS.refusal("AccessDenied", "no"))
        let prompter = ScriptedPrompter(.code("111111"), .code("222222"))
        #expect(rig.failure(prompter)?.code == .refused)
        #expect(prompter.asked.count == 1)
    }

    @Test("a code that was used is refused where it is typed, and the next one is taken")
    func usedIsRefused() throws {
        let rig = try Rig()
        try rig.key(of: "alice", code: "123456")
        _ = try rig.issuer("alice").forget()
        let prompter = ScriptedPrompter(.code("123456"), .code("654321"))
        try rig.key(of: "alice", prompter)
        #expect(prompter.rejected == ["that code was used already"])
        #expect(prompter.asked.count == 1)
        #expect(rig.codes == ["123456", "654321"])
    }

    @Test("with an old session to serve, the question is not urgent, and no answer is no failure")
    func notUrgent() throws {
        let rig = try Rig()
        let old = try rig.key(of: "alice", code: "123456")
        rig.clock.advance(43_200 - 600)
        let prompter = ScriptedPrompter()
        #expect(try rig.key(of: "alice", prompter) == old)
        #expect(prompter.asked.map(\.requiresAnswer) == [false])
    }

    @Test("the same where it is a later step that has one")
    func notUrgentBehind() throws {
        let rig = try Rig()
        try rig.key(code: "123456")
        rig.clock.advance(43_200 - 3000)
        let old = try rig.key()
        rig.clock.advance(3001)
        // The key's session has ended; the role's has 10 minutes left.
        let prompter = ScriptedPrompter()
        #expect(try rig.key(prompter) == old)
        #expect(prompter.asked.map(\.requiresAnswer) == [false])
        #expect(rig.failure(prompter, strict: true)?.code == .promptNeeded)
        #expect(prompter.asked.map(\.requiresAnswer) == [false, true])
    }

    @Test("with prompts switched off nobody is asked")
    func silent() throws {
        let rig = try Rig()
        let context = try rig.home.context(noPrompt: true, isHelper: true)
        let failure = failureOf { () throws(Failure) in try Issuer(context, profile: "prod", code: nil).credentials() }
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message.contains("a code of \(Rig.device)") == true)
        #expect(failure?.hint == "run warder refresh prod in a terminal")
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("without a terminal, and with nobody to hand the question to, it fails at once")
    func nowhere() throws {
        let rig = try Rig(settings: "handoff_time = 0")
        let context = try rig.home.context(isHelper: true)
        let failure = failureOf { () throws(Failure) in try Issuer(context, profile: "prod", code: nil).credentials() }
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message.contains("no terminal") == true)
    }

    @Test("a question that is not urgent goes to no other terminal")
    func onlyInFront() throws {
        let rig = try Rig(settings: "handoff_time = 10m")
        let old = try rig.key(of: "alice", code: "123456")
        rig.clock.advance(43_200 - 600)
        // It would wait for ten minutes.
        let context = try rig.home.context(isHelper: true)
        #expect(try Issuer(context, profile: "alice", code: nil).credentials().accessKeyID == old)
    }

    // MARK: - The command line

    @Test("what is no code is not sent", arguments: ["", "12345", "1234567", "12345x", "１２３４５６"])
    func noCode(text: String) throws {
        let rig = try Rig()
        let failure = rig.failure(code: text)
        #expect(failure?.code == .promptNeeded || failure?.code == .usage)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a given code is good for one request")
    func givenOnce() throws {
        let rig = try Rig()
        rig.sts.next(TestSTS.wrongCode)
        let prompter = ScriptedPrompter(.code("222222"))
        #expect(rig.failure(code: "111111", prompter)?.code == .refused)
        #expect(prompter.asked.isEmpty)
        let failure = rig.failure(code: "111111", prompter)
        #expect(failure?.message == "this code of \(Rig.device) was used already")
        #expect(failure?.hint == "give the next one, which comes in 30 s")
        #expect(rig.codes == ["111111"])
    }

    @Test("a code is remembered for three minutes, and not as it is")
    func remembered() throws {
        let rig = try Rig()
        try rig.key(of: "alice", code: "918273")
        _ = try rig.issuer("alice").forget()
        rig.clock.advance(180)
        #expect(rig.failure(of: "alice", code: "918273")?.code == .promptNeeded)
        rig.clock.advance(1)
        try rig.key(of: "alice", code: "918273")
        #expect(rig.codes.count == 2)
        let isPlain = try rig.home.holds("918273")
        #expect(!isPlain)
    }

    @Test("it is on the disk before it is sent")
    func notedBefore() throws {
        let rig = try Rig()
        let seen = Mutex<Bool?>(nil)
        let (home, clock) = (rig.home, rig.clock)
        rig.sts.whileAsked { request in
            guard request.form["TokenCode"] != nil, let context = try? home.context(),
                let sessions = try? Keys(context).sessions()
            else { return }
            let used = try? sessions.wasUsed(secret("123456"), device: Rig.device, now: clock.now)
            seen.withLock { $0 = used != nil }
        }
        try rig.key(code: "123456")
        #expect(seen.withLock { $0 } == true)
    }

    @Test(
        "a code that certainly reached nobody is good again",
        arguments: [
            TransportError.unreachable(host: "sts", reason: "refused"), .libraryMissing,
            .tls(host: "sts", reason: "expired"), .timedOut(host: "sts", sent: false),
            .shortage(reason: "too many open files", sent: false), .proxyRefused(status: 407),
        ])
    func takenBack(error: TransportError) throws {
        let rig = try Rig()
        let reply = ScriptedResponse.failure(error)
        rig.sts.next(reply, reply, reply)
        #expect(rig.failure(code: "123456")?.code == .network)
        rig.sts.clear()
        try rig.key(code: "123456")
        #expect(rig.codes.last == "123456")
        _ = try rig.issuer("alice").forget()
        #expect(rig.failure(of: "alice", code: "123456")?.message.contains("was used already") == true)
    }

    @Test(
        "a code that may have reached somebody is not sent again",
        arguments: [
            ScriptedResponse.failure(.timedOut(host: "sts", sent: true)),
            .failure(.interrupted(host: "sts", reason: "reset", sent: true)),
            .failure(.redirected(host: "sts", status: 302)), .failure(.tooLarge(host: "sts")),
            .answer(200, "<html>Log in</html>"), .answer(200, ""),
            .answer(200, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
            .answer(200, "<GetSessionTokenResponse><GetSessionTokenRes"), .answer(503, "later"),
            TestSTS.refusal("InternalFailure", status: 500), TestSTS.refusal("Throttling", status: 400),
            TestSTS.refusal("AccessDenied"), TestSTS.refusal("InvalidClientTokenId"), TestSTS.wrongCode,
        ])
    func notTakenBack(reply: ScriptedResponse) throws {
        let rig = try Rig()
        rig.sts.next(reply)
        let failure = rig.failure(code: "123456")
        #expect(failure?.code == .network || failure?.code == .refused)
        #expect(rig.failure(code: "123456")?.message.contains("was used already") == true)
        #expect(rig.sts.actions == ["GetSessionToken"])
        #expect(try rig.issuer().cachedSession(0) == nil)
        // Whatever was sent once must not be sent twice by libcurl either.
        #expect(rig.sts.requests.allSatisfy { $0.isOnce })
    }

    @Test("that one code reached nobody does not make another one good")
    func othersStayUsed() throws {
        let rig = try Rig()
        try rig.key(of: "alice", code: "111111")
        _ = try rig.issuer("alice").forget()
        let gone = ScriptedResponse.failure(.unreachable(host: "sts", reason: "gone"))
        rig.sts.next(gone, gone, gone)
        #expect(rig.failure(of: "alice", code: "222222")?.code == .network)
        #expect(rig.failure(of: "alice", code: "111111")?.message.contains("was used already") == true)
        try rig.key(of: "alice", code: "222222")
    }

    // MARK: - A program

    /// A device whose codes a program prints, the first of those that are left each time.
    private func programmed(_ codes: String...) throws -> Rig {
        let rig = try Rig()
        try rig.home.write(codes.map { $0 + "\n" }.joined(), to: "codes")
        let file = rig.home.path + "/codes"
        try rig.home.append(
            "[profile timed]\nwarder_source_profile = alice\nrole_arn = \(Rig.admin)\n"
                + "mfa_process = head -n 1 \(file); sed -i 1d \(file)\n", to: ".aws/config")
        return rig
    }

    @Test("a program is asked before a person, and its wrong code is not asked for again")
    func program() throws {
        let rig = try programmed("111111", "222222")
        rig.sts.next(TestSTS.wrongCode)
        let prompter = ScriptedPrompter(.code("333333"))
        #expect(rig.failure(of: "timed", prompter)?.code == .refused)
        #expect(prompter.asked.isEmpty)
        #expect(rig.codes == ["111111"])
    }

    @Test("the next code of a program is waited for where the present one was used")
    func programWaits() throws {
        let rig = try programmed("111111", "111111", "111111", "222222")
        try rig.key(of: "timed")
        _ = try rig.issuer("timed").forget()
        rig.clock.advance(7)
        try rig.key(of: "timed")
        #expect(rig.codes == ["111111", "222222"])
        #expect(rig.clock.sleeps == [23_000, 30_000])
    }

    @Test("a program whose codes do not change is told of")
    func programIsStuck() throws {
        let rig = try programmed("111111", "111111", "111111", "111111", "222222")
        try rig.key(of: "timed")
        _ = try rig.issuer("timed").forget()
        let failure = rig.failure(of: "timed")
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message.contains("do not change") == true)
        #expect(rig.codes == ["111111"])
    }

    @Test("with prompts switched off the next code is not waited for")
    func programInSilence() throws {
        let rig = try programmed("111111", "111111", "222222")
        try rig.key(of: "timed")
        _ = try rig.issuer("timed").forget()
        #expect(rig.failure(of: "timed", as: .silent)?.message.contains("was used already") == true)
        #expect(rig.clock.sleeps.isEmpty)
    }

    @Test(
        "what a program prints beside a code, and its failure, are failures", arguments: ["exit 1", "echo hello", ":"])
    func programFails(command: String) throws {
        let rig = try Rig(
            Rig.profiles + "[profile bad]\nsource_profile = alice\nrole_arn = \(Rig.admin)\nmfa_process = \(command)\n")
        let failure = rig.failure(of: "bad")
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message.contains("mfa_process") == true)
        #expect(rig.sts.requests.isEmpty)
    }
}
