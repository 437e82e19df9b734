import Failures
import Issuing
import RoomSupport
import Stores
import Testing

@Suite("Refreshing and forgetting")
struct RefreshTests {
    @Test(
        "a role is made anew, and the session behind it while less than half of it is left",
        arguments: [
            (0, ["AssumeRole"]), (21_600, ["AssumeRole"]), (21_601, ["GetSessionToken", "AssumeRole"]),
        ] as [(Int64, [String])])
    func role(age: Int64, asked: [String]) throws {
        let rig = try Rig()
        let first = try rig.key(code: "123456")
        rig.clock.advance(age)
        let count = rig.sts.actions.count
        let prompter = ScriptedPrompter(.code("234567"))
        #expect(try rig.issuer("prod", prompter).refresh().accessKeyID != first)
        #expect(Array(rig.sts.actions.dropFirst(count)) == asked)
    }

    @Test("where a code is given, the session is made anew with it")
    func givenCode() throws {
        let rig = try Rig()
        try rig.key(code: "123456")
        _ = try rig.issuer(code: "234567").refresh()
        #expect(rig.codes == ["123456", "234567"])
    }

    @Test("a session of its own is made anew by half, and not before")
    func session() throws {
        let rig = try Rig()
        let first = try rig.key(of: "alice", code: "123456")
        let prompter = ScriptedPrompter(.code("234567"))
        #expect(try rig.issuer("alice", prompter).refresh().accessKeyID == first)
        rig.clock.advance(21_601)
        #expect(try rig.issuer("alice", prompter).refresh().accessKeyID != first)
    }

    @Test("a session that costs no code is made anew each time")
    func costless() throws {
        let rig = try Rig(Rig.plainProfiles, credentials: "")
        try rig.home.makeVault()
        let first = try rig.key(of: "alice")
        #expect(try rig.issuer("alice").refresh().accessKeyID != first)
    }

    @Test("that a refresh fails is said, though an old session is there")
    func fails() throws {
        let rig = try Rig()
        let first = try rig.key(code: "123456")
        rig.sts.next(TestSTS.refusal("AccessDenied"))
        #expect(failureOf { () throws(Failure) in try rig.issuer().refresh() }?.code == .refused)
        #expect(try rig.key() == first)
    }

    // MARK: - Of all profiles

    @Test("profiles behind one key begin with the same step, and those of another do not")
    func beginnings() throws {
        let rig = try Rig(
            Rig.profiles + "[profile own]\nrole_arn = \(Rig.admin)\nsource_profile = bob\n[profile bob]\n"
                + "mfa_serial = arn:aws:iam::111111111111:mfa/bob\n",
            credentials: Rig.key + Rig.key.replacing("alice", with: "bob").replacing("AKIAALICE", with: "AKIABOB"))
        let alice = try rig.issuer("alice").beginning()
        #expect(try rig.issuer("prod").beginning() == alice)
        #expect(try rig.issuer("audit").beginning() == alice)
        #expect(try rig.issuer("own").beginning() != alice)
    }

    @Test("one code brings the first step, and all others come of it")
    func halves() throws {
        let rig = try Rig()
        let keys = Keys(try rig.home.context())
        let codes = CodeSupply(given: "123456", keys: keys, prompter: ScriptedPrompter())
        func issuer(_ profile: String) throws(Failure) -> Issuer {
            try Issuer(try rig.home.context(), profile: profile, keys: keys, codes: codes)
        }
        _ = try issuer("alice").refreshFirstStep()
        _ = try issuer("prod").refreshLastStep()
        _ = try issuer("audit").refreshLastStep()
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole", "AssumeRole"])
        #expect(rig.codes == ["123456"])
    }

    @Test("the end is made anew, with what is cached of the beginning")
    func end() throws {
        let rig = try Rig()
        let first = try rig.key(code: "123456")
        #expect(try rig.issuer().refreshFirstStep().accessKeyID == "ASIA000000000001")
        #expect(try rig.issuer().refreshLastStep().accessKeyID != first)
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole", "AssumeRole"])
    }

    @Test("only a role with a device of its own asks after the beginning")
    func promptsOnlyInFirstStep() throws {
        let rig = try Rig(
            Rig.profiles + "[profile own]\nrole_arn = \(Rig.audit)\nsource_profile = alice\n"
                + "mfa_serial = arn:aws:iam::111111111111:mfa/second\n[profile long]\nrole_arn = \(Rig.admin)\n"
                + "source_profile = alice\nduration_seconds = 7200\n")
        #expect(try rig.issuer("prod").promptsOnlyInFirstStep)
        #expect(try rig.issuer("own").promptsOnlyInFirstStep == false)
        #expect(try rig.issuer("long").promptsOnlyInFirstStep == false)
    }

    // MARK: - Forgetting

    @Test("forgetting takes the sessions of every step, and says how many there were")
    func forget() throws {
        let rig = try Rig()
        try rig.key(code: "123456")
        try rig.key(of: "audit")
        #expect(try rig.issuer().forget() == 2)
        #expect(try rig.issuer().forget() == 0)
        #expect(rig.failure()?.code == .promptNeeded)
        // Another profile's role is another session.
        #expect(try rig.issuer("audit").forget() == 1)
    }

    @Test("a session that has ended is none that is forgotten")
    func forgetEnded() throws {
        let rig = try Rig(Rig.plainProfiles)
        try rig.key()
        rig.clock.advance(3600)
        #expect(try rig.issuer().forget() == 0)
    }

    @Test("what is cached is shown: its end, and whether it would be served")
    func cached() throws {
        let rig = try Rig()
        #expect(try rig.issuer().cachedSession(0) == nil)
        try rig.key(code: "123456")
        let session = try rig.issuer().cachedSession(1)
        #expect(session?.end == rig.clock.now + 3600)
        #expect(session?.isServed == true)
        rig.clock.advance(3000)
        #expect(try rig.issuer().cachedSession(1)?.isServed == false)
        rig.clock.advance(600)
        #expect(try rig.issuer().cachedSession(1) == nil)
    }
}
