import AuditLog
import Failures
import Foundation
import Linux
import RoomSupport
import Secrets
import Setup
import Stores
import Testing
import Vault

/// What the vault is told of where the log began, and how the log is verified by it.
@Suite struct LogStartTests {
    private func home() throws -> TestHome {
        let home = try TestHome(keepsLog: true)
        try home.makeVault()
        return home
    }

    private func change(_ home: TestHome) throws {
        let keys = Keys(try home.context())
        try keys.put(
            AccessKeyRecord(
                AccessKeySummary(
                    name: #require(KeyName("another")), accessKeyID: "AKIAANOTHERANOTHER00", createdAt: 1_700_000_000),
                secret: secret("x")), replacing: true)
    }

    private func write(_ home: TestHome) throws {
        try #require(home.events.files).record(Event(.served, profile: "prod"), at: home.clock.now)
    }

    private func verdict(_ home: TestHome) throws -> LogVerdict { try LogChecking(Keys(home.context())).verdict() }

    @Test func aChangeStoresIt() throws {
        let home = try home()
        try write(home)
        #expect(home.has(".local/state/warder/log.start"))
        try change(home)
        #expect(!home.has(".local/state/warder/log.start"))
        try write(home)
        guard case .good(let lines, _, _) = try verdict(home) else {
            Issue.record("it is not good")
            return
        }
        #expect(lines == 3)
    }

    @Test func verifyingStoresIt() throws {
        let home = try home()
        try write(home)
        guard case .good = try verdict(home) else {
            Issue.record("it is not good")
            return
        }
        #expect(!home.has(".local/state/warder/log.start"))
    }

    @Test func anOlderLogIsFoundByTheStore() throws {
        let home = try home()
        try write(home)
        try change(home)
        let names = ["log", "log.seal"].map { ".local/state/warder/" + $0 }
        let before = try names.map { try Data(contentsOf: URL(filePath: home.path + "/" + $0)) }
        try write(home)
        try change(home)
        for (name, data) in zip(names, before) { try data.write(to: URL(filePath: home.path + "/" + name)) }
        for name in names { try home.setMode(0o600, of: name) }
        guard case .bad(.older, _, _) = try verdict(home) else {
            Issue.record("not found")
            return
        }
    }

    /// What the store saw once counts, however few lines there are at a later change.
    @Test func aChangeDoesNotCountBackwards() throws {
        let home = try home()
        try write(home)
        try change(home)
        let names = ["log", "log.seal"].map { ".local/state/warder/" + $0 }
        let before = try names.map { try Data(contentsOf: URL(filePath: home.path + "/" + $0)) }
        try write(home)
        try change(home)
        for (name, data) in zip(names, before) { try data.write(to: URL(filePath: home.path + "/" + name)) }
        for name in names { try home.setMode(0o600, of: name) }
        try change(home)
        guard case .bad(.older, _, _) = try verdict(home) else {
            Issue.record("forgotten")
            return
        }
    }

    /// A log that is busy while the vault is written tells it nothing: the beginning goes on waiting.
    @Test func aBeginningThatIsNotStoredStays() throws {
        let home = try home()
        try write(home)
        do {
            let holder = try openPrivateFile(home.path + "/.local/state/warder/log.seal", O_RDWR)
            let isHeld = try ShortLock.acquire(holder, limit: 0)
            #expect(isHeld)
            try change(home)
        }
        #expect(home.has(".local/state/warder/log.start"))
        guard case .good = try verdict(home) else {
            Issue.record("it is not good")
            return
        }
    }

    /// A vault that is copied to another machine knows the logs of both.
    @Test func eachHomeHasALogOfItsOwn() throws {
        let (home, other) = try (home(), TestHome(keepsLog: true))
        try write(home)
        try change(home)
        try copyVault(home, to: other)
        try write(other)
        try change(other)
        guard case .good = try verdict(other) else {
            Issue.record("the other home's log is taken for this one's")
            return
        }
        // One that begins anew leaves the other's in the store.
        try LogChecking(Keys(other.context())).beginAnew()
        try copyVault(other, to: home)
        guard case .good = try verdict(home) else {
            Issue.record("forgotten")
            return
        }
    }

    private func copyVault(_ home: TestHome, to other: TestHome) throws {
        let (from, to) = try (home.context().paths.vault, other.context().paths.vault)
        try FileManager.default.createDirectory(
            atPath: (to as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: to)
        try other.write(home.read("keyfile"), to: "keyfile")
        other.set("WARDER_KEYFILE", other.path + "/keyfile")
    }

    @Test func aLogThatIsOffIsNotBegunAnew() throws {
        let home = try TestHome()
        try home.makeVault()
        do throws(Failure) {
            try LogChecking(Keys(home.context())).beginAnew()
            Issue.record("begun")
        } catch { #expect(error.code == .usage && error.message == "the log is off") }
        #expect(!home.has(".local/state/warder/log"))
    }

    @Test func aLogThatWasRemovedIsMissed() throws {
        let home = try home()
        try write(home)
        try change(home)
        try FileManager.default.removeItem(atPath: home.path + "/.local/state/warder")
        guard case .bad(.noSeal, _, _) = try verdict(home) else {
            Issue.record("not missed")
            return
        }
        try write(home)
        guard case .bad(.foreign, _, _) = try verdict(home) else {
            Issue.record("taken for the one before")
            return
        }
        try LogChecking(Keys(home.context())).beginAnew()
        guard case .good(1, _, _) = try verdict(home) else {
            Issue.record("not begun anew")
            return
        }
    }

    @Test func withoutALogThereIsNothingToVerify() throws {
        let home = try home()
        do throws(Failure) {
            _ = try LogChecking(Keys(home.context())).verdict()
            Issue.record("verified")
        } catch { #expect(error.code == .notFound) }
    }
}
