import Issuing
import RoomSupport
import Testing
import Threads

@Suite("Codes of a stored seed", .waits)
struct SeedTests {
    /// The secret of RFC 6238's appendix B.
    private static let seed = "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    private func rig(at now: Int64, device: String? = nil) throws -> Rig {
        let rig = try Rig(
            Rig.profiles.replacing(
                "[profile prod]",
                with: "[profile other]\nmfa_serial = \(Rig.device)\nwarder_key = bob\n[profile prod]"),
            credentials: "", clock: TestClock(at: now))
        try rig.home.makeVault([
            TestKey(seed: Self.seed, device: device), TestKey("bob", seed: Self.seed, device: device),
        ])
        return rig
    }

    @Test(
        "a seed gives the codes of RFC 6238",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        ] as [(Int64, String)])
    func vectors(now: Int64, code: String) throws {
        let rig = try rig(at: now)
        let prompter = ScriptedPrompter()
        try rig.key(prompter)
        #expect(rig.codes == [code])
        #expect(prompter.asked.isEmpty)
    }

    @Test("none of its codes is sent twice: the next one is waited for")
    func waits() throws {
        let rig = try rig(at: 1_111_111_109)
        try rig.key(of: "alice")
        try rig.key(of: "other")
        #expect(rig.codes == ["081804", "050471"])
        #expect(rig.clock.sleeps == [1_000])
    }

    @Test("with prompts switched off it is not waited for")
    func silent() throws {
        let rig = try rig(at: 1_111_111_109)
        try rig.key(of: "alice", as: .silent)
        #expect(rig.failure(of: "other", as: .silent)?.message.contains("was used already") == true)
        #expect(rig.clock.sleeps.isEmpty)
    }

    @Test("the seed is for its own device", arguments: ["arn:aws:iam::111111111111:mfa/other", Rig.device])
    func device(of device: String) throws {
        let rig = try rig(at: 59, device: device)
        let prompter = ScriptedPrompter(.code("123456"))
        try rig.key(prompter)
        #expect(rig.codes == [device == Rig.device ? "287082" : "123456"])
        #expect(prompter.asked.isEmpty == (device == Rig.device))
    }

    @Test("of two profiles at once each has a code of its own")
    func together() throws {
        let rig = try rig(at: 1_111_111_109)
        inThreads(2) { index in _ = try? rig.key(of: index == 0 ? "alice" : "other", waits: .patient) }
        #expect(Set(rig.codes) == ["081804", "050471"])
        #expect(rig.codes.count == 2)
    }
}
