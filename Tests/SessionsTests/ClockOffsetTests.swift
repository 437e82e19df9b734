import Foundation
import Linux
import Secrets
import Testing

@testable import Sessions

private let year: Int64 = 31_536_000

/// A session of an hour, made at `issued` by a clock that AWS's was ahead of by `offset`.
private func session(issued: Int64, ahead offset: Int64?, life: Int64 = 3600) -> Session {
    let clock = offset.map { ClockOffset(seconds: $0, moment: Deadline(milliseconds: 50_000), boot: "this") }
    return Session(
        credentials: Credentials(
            accessKeyID: "ASIAEXAMPLE", secret: SecretBytes("secret"), sessionToken: SecretBytes("token"),
            expiration: issued + (offset ?? 0) + life, accountID: nil),
        label: SessionLabel(profile: "p", key: nil, role: nil, mfaDevice: nil, issued: issued, clock: clock))
}

/// The machine's clocks so many seconds later, the wall clock put forward by `step`.
private func clocks(
    issued: Int64, after seconds: Int64, step: Int64 = 0, boot: String? = "this"
) -> Clocks {
    Clocks(
        wall: { issued + seconds + step }, moment: { Deadline(milliseconds: 50_000 + seconds * 1000) }, boot: { boot })
}

@Suite("Sessions of a machine whose clock is wrong")
struct ClockOffsetTests {
    private let issued: Int64 = 2_000_000_000

    /// Seconds that are left of the session as it is read; nil where it is not served.
    private func left(ahead offset: Int64?, _ clocks: Clocks) throws -> Int64? {
        let folder = NSTemporaryDirectory() + "warder-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = SessionCache(folder: folder, key: SecretBytes("0123456789abcdef0123456789abcdef"), clocks: clocks)
        let name = try cache.name(of: [1])
        let lock = try cache.lock(name, until: .now)
        try cache.publish(session(issued: issued, ahead: offset), name, random: .system)
        withExtendedLifetime(lock) {}
        guard let found = try cache.session(name) else { return nil }
        #expect(found.end - found.label.issued == 3600)
        #expect(found.credentials.end == found.end && found.credentials.issued == found.label.issued)
        return found.end - clocks.wall()
    }

    @Test("they go by AWS's time while the clock stays as wrong", arguments: [-year, -1800, 1800, year])
    func asWrong(offset: Int64) throws {
        #expect(try left(ahead: offset, clocks(issued: issued, after: 100)) == 3500)
        #expect(try left(ahead: offset, clocks(issued: issued, after: 3700)) == -100)
    }

    @Test("and by the clock once it is set", arguments: [-year, -1800, 1800, year])
    func corrected(offset: Int64) throws {
        #expect(try left(ahead: offset, clocks(issued: issued, after: 100, step: offset)) == 3500)
        #expect(try left(ahead: offset, clocks(issued: issued, after: 3700, step: offset, boot: "that")) == -100)
    }

    @Test("where nothing tells how old one is, it is not served, or has ended")
    func unknown() throws {
        // After a start of the machine the clock is a year behind still, or ahead.
        #expect(try left(ahead: year, clocks(issued: issued, after: 100, boot: "that")) == nil)
        #expect(try left(ahead: year, clocks(issued: issued, after: 100, boot: nil)) == nil)
        let ended = try left(ahead: -year, clocks(issued: issued, after: 100, boot: "that"))
        #expect(ended.map { $0 < 0 } == true)
        // A clock that was right is put back.
        #expect(try left(ahead: nil, clocks(issued: issued, after: 100, step: -year)) == nil)
        #expect(try left(ahead: nil, clocks(issued: issued, after: 0, step: -200)) == 3800)
    }

    @Test("times that no clock shows can be counted with", arguments: [Int64.min, .max])
    func absurd(offset: Int64) throws {
        let clock = ClockOffset(seconds: offset, moment: Deadline(milliseconds: .max), boot: "this")
        let label = SessionLabel(profile: "p", key: nil, role: nil, mfaDevice: nil, issued: .max, clock: clock)
        let credentials = Credentials(
            accessKeyID: "ASIAEXAMPLE", secret: SecretBytes("secret"), sessionToken: nil, expiration: .max,
            accountID: nil)
        let read = try Session(decoding: Session(credentials: credentials, label: label).encoded())
        guard let now = read.label.offset(clocks(issued: issued, after: 0)) else { return }
        #expect(read.by(now).end > issued)
    }

    @Test("the file's time is the end by this machine's clock, so that it is not swept before")
    func swept() throws {
        let folder = NSTemporaryDirectory() + "warder-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let key = SecretBytes("0123456789abcdef0123456789abcdef")
        let cache = SessionCache(folder: folder, key: key.copy(), clocks: clocks(issued: issued, after: 0))
        let name = try cache.name(of: [1])
        try cache.publish(session(issued: issued, ahead: -year), name, random: .system)
        SessionFolder(folder).sweep(now: issued)
        #expect(try cache.counts(now: issued).sessions == 1)
        #expect(try cache.all().map(\.expiration) == [issued + 3600])
        SessionFolder(folder).sweep(now: issued + 3601)
        #expect(try cache.all().isEmpty)
    }
}
