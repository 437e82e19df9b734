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

@Suite("Many at once", .waits)
struct SingleFlightTests {
    private func lockPath(_ rig: Rig) -> String { rig.home.path + "/.cache/warder/sessions/lock" }

    /// Keeps the first request until so many wait for its session.
    private func hold(_ rig: Rig, until count: Int) {
        let path = lockPath(rig)
        let isFirst = Mutex(true)
        rig.sts.whileAsked { _ in
            guard
                isFirst.withLock({ first in
                    defer { first = false }; return first
                })
            else { return }
            _ = eventually { waiters(on: path) >= count }
        }
    }

    @Test("of many at an empty cache one asks for each step, and all are given the same")
    func emptyCache() throws {
        let rig = try Rig()
        let prompter = ScriptedPrompter(.code("123456"))
        let outcomes = rig.crowd(12) { prompter }
        #expect(outcomes == Array(repeating: .key("ASIA000000000002"), count: 12))
        #expect(rig.sts.actions == ["GetSessionToken", "AssumeRole"])
        #expect(prompter.asked.count == 1)
    }

    @Test("roles behind one key share its session, and each is asked for once")
    func severalRoles() throws {
        let rig = try Rig()
        let prompter = ScriptedPrompter(.code("123456"))
        inThreads(12) { index in _ = try? rig.key(of: index % 2 == 0 ? "prod" : "audit", prompter) }
        #expect(rig.sts.actions.sorted() == ["AssumeRole", "AssumeRole", "GetSessionToken"])
        #expect(Set(rig.sts.requests.compactMap { $0.form["RoleArn"] }) == [Rig.admin, Rig.audit])
        #expect(rig.codes == ["123456"])
    }

    @Test("sessions of fifteen minutes are one for all who waited, and for those who come after them")
    func short() throws {
        let config = Rig.plainProfiles.replacing("[profile prod]\n", with: "[profile prod]\nduration_seconds = 900\n")
        let rig = try Rig(config)
        #expect(Set(rig.crowd(8).map { "\($0)" }).count == 1)
        #expect(rig.crowd(1) == [.key("ASIA000000000001")])
        #expect(rig.sts.actions == ["AssumeRole"])
    }

    @Test("who waited takes what was made, whatever is left of it")
    func takesWhatWasMade() throws {
        let rig = try Rig(Rig.plainProfiles)
        // Under its margin from the beginning, for one that is to live 90 s.
        rig.sts.next(
            .answer(
                200,
                TestSTS.session("AssumeRole", id: "ASIASHORT0000000", until: rig.clock.now + 60, roleARN: Rig.admin)))
        hold(rig, until: 3)
        let keys = Mutex<[String]>([])
        inThreads(4) { _ in
            guard let key = try? rig.key(freshness: .longer(3600), strict: true) else { return }
            keys.withLock { $0.append(key) }
        }
        #expect(keys.withLock { $0 } == Array(repeating: "ASIASHORT0000000", count: 4))
        #expect(rig.sts.actions == ["AssumeRole"])
    }

    @Test("if the one that asks dies, another takes over")
    func deadLeader() throws {
        let rig = try Rig(Rig.plainProfiles + Rig.web)
        try rig.home.write("token", to: "jwt")
        // A process that has the lock and ends without a session: the kernel lets its lock go.
        let (held, gone) = (Gate(), Gate())
        let leader = Running { try? Self.whileHolding(rig, held, until: gone) }
        held.wait()
        let follower = Mutex<String?>(nil)
        let path = lockPath(rig)
        let running = Running {
            let key = try? rig.key(of: "web", waits: .patient)
            follower.withLock { $0 = key }
        }
        if kernelTellsWaiters { #expect(eventually { waiters(on: path) == 1 }) }
        gone.open()
        leader.join()
        running.join()
        #expect(follower.withLock { $0 } == "ASIA000000000001")
        #expect(rig.sts.actions == ["AssumeRoleWithWebIdentity"])
    }

    /// Holds the lock of the session that `web` begins with.
    private static func whileHolding(_ rig: Rig, _ held: Gate, until end: Gate) throws {
        defer { held.open() }
        let name = try rig.issuer("web").beginning()
        let sessions = try Keys(try rig.home.context()).sessions()
        let lock = try sessions.lock(name, until: .after(milliseconds: 3_000))
        held.open()
        end.wait()
        withExtendedLifetime(lock) {}
    }

    /// Does `work` while another process has the lock of what `web` begins with.
    private func whileLocked(_ rig: Rig, _ work: () throws -> Void) throws {
        let (held, gone) = (Gate(), Gate())
        let other = Running { try? Self.whileHolding(rig, held, until: gone) }
        held.wait()
        defer {
            gone.open()
            other.join()
        }
        try work()
    }

    @Test("with an old session to serve, the one that asks is not waited for long")
    func oldOneIsServed() throws {
        let rig = try Rig(Rig.web)
        try rig.home.write("token", to: "jwt")
        let first = try rig.key(of: "web")
        rig.clock.advance(3000)
        try whileLocked(rig) {
            let key = try rig.key(of: "web")
            #expect(key == first)
        }
        // The lock is free again.
        #expect(try rig.key(of: "web") != first)
    }

    @Test("who asks nobody is back in time, and says what it waited for")
    func busy() throws {
        let rig = try Rig(Rig.web)
        try rig.home.write("token", to: "jwt")
        var waits = WaitLimits.short
        waits.withoutPrompt = 30
        try whileLocked(rig) {
            let failure = rig.failure(of: "web", as: .silent, waits: waits)
            #expect(failure?.code == .promptNeeded)
            #expect(failure?.message == "another warder is renewing this session, and has not finished")
            #expect(failure?.hint.contains("warder mfa") == true)
        }
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("a person is told what there is to wait for; an SDK is not")
    func told() throws {
        for (method, notes) in [(Rig.Method.command, 1), (.helper, 0)] {
            let rig = try Rig(Rig.web)
            try rig.home.write("token", to: "jwt")
            var waits = WaitLimits.short
            waits.whilePrompting = 30
            try whileLocked(rig) { _ = rig.failure(of: "web", as: method, waits: waits) }
            #expect(rig.home.console.lines.count { $0.contains("another warder is making this session") } == notes)
        }
    }

    @Test("while somebody is asked for a code, an old session is served to the others")
    func whileSomebodyTypes() throws {
        let rig = try Rig()
        let old = try rig.key(of: "alice", code: "123456")
        rig.clock.advance(43_200 - 600)
        let (asked, answered) = (Gate(), Gate())
        let prompter = ScriptedPrompter(.code("234567")) {
            asked.open()
            answered.wait()
        }
        let leader = Running { _ = try? rig.key(of: "alice", prompter) }
        asked.wait()
        #expect(rig.crowd(4, of: "alice") == Array(repeating: .key(old), count: 4))
        answered.open()
        leader.join()
        #expect(try rig.key(of: "alice") != old)
    }

    @Test("what is forgotten while it is renewed is asked for anew")
    func forgotten() throws {
        let rig = try Rig(Rig.plainProfiles)
        let (asked, answered) = (Gate(), Gate())
        rig.sts.whileAsked { _ in
            asked.open()
            answered.wait()
        }
        let leader = Running { _ = try? rig.key() }
        asked.wait()
        let path = lockPath(rig)
        let forgetting = Running { _ = try? rig.issuer().forget() }
        if kernelTellsWaiters { #expect(eventually { waiters(on: path) == 1 }) }
        answered.open()
        leader.join()
        forgetting.join()
        #expect(try rig.key() == "ASIA000000000002")
    }
}
