import Failures
import Linux
import RoomSupport
import Secrets
import Sessions
import Setup
import Testing
import Vault

@testable import Stores

@Suite("Stores: the cached sessions")
struct CachedSessionsTests {
    private func keep(_ profile: String, key: String?, until end: Int64, in home: TestHome, _ keys: Keys) throws {
        let credentials = Credentials(
            accessKeyID: "ASIA\(profile)", secret: secret("s"), sessionToken: secret("t"), expiration: end,
            accountID: nil)
        let label = SessionLabel(profile: profile, key: key, role: nil, mfaDevice: nil, issued: end - 3600)
        let sessions = try keys.sessions()
        try sessions.publish(
            Session(credentials: credentials, label: label), sessions.name(of: Array(profile.utf8)),
            random: .system)
    }

    private func profiles(_ keys: Keys) throws -> [String]? {
        try keys.liveSessions()?.map(\.label.profile).sorted()
    }

    @Test("those that have not ended are listed and counted, and a key's go with it")
    func all() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        let later = home.clock.now + 3600
        try keep("a", key: "alice", until: later, in: home, keys)
        try keep("b", key: "bob", until: later, in: home, keys)
        try keep("none", key: nil, until: later, in: home, keys)
        try keep("old", key: "bob", until: home.clock.now, in: home, keys)
        #expect(try profiles(home.keys()) == ["a", "b", "none"])
        #expect(try home.keys().counts()?.sessions == 3)
        try home.keys().forgetSessions(ofKey: "alice")
        #expect(try profiles(home.keys()) == ["b", "none"])
        home.clock.advance(3600)
        #expect(try profiles(home.keys()) == [])
        home.clock.advance(-3600)
        try home.keys().forgetAllSessions()
        #expect(try profiles(home.keys()) == [])
    }

    @Test("while locked it cannot be told whose they are, and all of a key's go")
    func locked() throws {
        let home = try TestHome()
        try home.makeVault()
        let keys = try home.keys()
        try keep("a", key: "alice", until: home.clock.now + 3600, in: home, keys)
        try keep("b", key: "bob", until: home.clock.now + 3600, in: home, keys)
        _ = try home.keys().lock()
        try home.keys().forgetSessions(ofKey: "alice")
        try home.keys().settle(unlockingFor: 60)
        #expect(try profiles(home.keys()) == [])
    }

    @Test("a home without a store keeps its sessions under a key that lies in memory alone, until it is locked")
    func transient() throws {
        let home = try TestHome()
        let keys = try home.keys()
        try keep("a", key: nil, until: home.clock.now + 3600, in: home, keys)
        #expect(try profiles(keys) == ["a"])
        #expect(try profiles(home.keys()) == ["a"], "another process finds it")
        #expect(try home.keys().lock() == true)
        #expect(try profiles(home.keys()) == nil)
        let later = try home.keys()
        _ = try later.sessions()
        #expect(try profiles(later) == [], "it is another key by now")
        #expect(try !home.unlockedState().isHeld)
        _ = try home.keys().lock()
    }

    @Test("that an answer is not kept is said once")
    func notKept() throws {
        let home = try TestHome()
        let keys = try home.keys()
        for _ in 0..<2 { keys.reportNotCached(.busy) }
        #expect(home.console.lines.count == 1)
        #expect(home.console.lines.first?.hasPrefix("warder: not kept for the next call: ") == true)
    }

    @Test(
        "that the clock is wrong is said once, from five minutes on",
        arguments: [(299, 0), (-299, 0), (300, 1), (-300, 1), (86_400, 1)])
    func clock(offset: Int64, count: Int) throws {
        let home = try TestHome()
        let keys = try home.keys()
        for _ in 0..<2 { keys.reportClockOffset(offset) }
        #expect(home.console.lines.count == count)
        if count > 0 {
            #expect(home.console.lines[0].hasPrefix("warder: this machine's clock is "))
            #expect(home.console.lines[0].hasSuffix(": set it, since programs go by it (timedatectl)"))
        }
        let helper = try home.keys(isHelper: true)
        helper.reportClockOffset(offset)
        #expect(home.console.lines.count == count, "an SDK's helper says nothing beside its answer")
    }
}
