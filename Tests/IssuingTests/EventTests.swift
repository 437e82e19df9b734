import AuditLog
import Failures
import Issuing
import RoomSupport
import Setup
import Testing

@Suite("What is recorded of it", .waits)
struct EventTests {
    @Test("a session that is made and given out, and the same from the cache")
    func served() throws {
        let rig = try Rig(Rig.plainProfiles)
        for _ in 0..<2 {
            let issuer = try Issuer(rig.home.context(isHelper: true), profile: "prod", code: nil, givenOutBy: "process")
            _ = try issuer.credentials()
        }
        let events = rig.home.events.all
        #expect(events.map(\.kind) == [.minted, .served, .served])
        #expect(events.map(\.origin) == [nil, .minted, .cached])
        #expect(events.map(\.by) == [nil, "process", "process"])
        #expect(events.allSatisfy { $0.role == Rig.admin && $0.session == "warder-alice" })
        #expect(events.allSatisfy { $0.profile == "prod" && $0.key?.count == 4 && $0.key == events.first?.key })
    }

    @Test("what a command does not give out leaves no such line")
    func shown() throws {
        let rig = try Rig(Rig.plainProfiles)
        _ = try rig.issuer().unconfirmedCredentials()
        _ = try rig.issuer().credentials()
        #expect(rig.home.events.kinds == [.minted])
    }

    @Test("a profile that is not there, before anything is made")
    func failed() throws {
        let rig = try Rig()
        let failure = failureOf { () throws(Failure) in
            _ = try Issuer(rig.home.context(isHelper: true), profile: "none", code: nil, givenOutBy: "env")
        }
        let event = try #require(rig.home.events.all.first)
        #expect(event.kind == .failed && event.profile == "none" && event.by == "env")
        #expect(event.reason == failure?.message)
    }

    @Test("a yes, and a no")
    func consent() throws {
        let sure = "[profile sure]\nrole_arn = \(Rig.admin)\nsource_profile = alice\nwarder_confirm = true\n"
        let rig = try Rig(Rig.plainProfiles + sure)
        #expect(rig.failure(of: "sure", ScriptedPrompter(.no)) != nil)
        #expect(rig.home.events.kinds == [.refused])
        try rig.key(of: "sure", ScriptedPrompter(.yes))
        #expect(rig.home.events.kinds == [.refused, .confirmed, .minted])
    }
}
