import Failures
import RoomSupport
import Stores
import Testing
import Vault

@testable import Rotating

@Suite("Rotating: the keys that are in the way, and what becomes of the old one")
struct OtherKeysTests {
    /// Another key of the user, made `age` seconds ago.
    private func other(_ rig: Rig, age: Int64, isActive: Bool = true, isUsed: Bool = false) -> TestIAM.Key {
        let now = rig.home.clock.now
        return TestIAM.Key(
            id: "AKIAOTHER0000000", isActive: isActive, createdAt: now - age, usedAt: isUsed ? now - 10 : nil)
    }

    @Test("two keys are one too many", arguments: [true, false], [true, false])
    func two(isActive: Bool, isUsed: Bool) throws {
        let rig = try Rig()
        rig.iam.add(other(rig, age: 9_999, isActive: isActive, isUsed: isUsed))
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .refused && failure.message.contains("AKIAOTHER0000000"))
        #expect(failure.message.contains(isActive ? "(active, " : "(inactive, "))
        #expect(failure.message.contains(isUsed ? "last used 20" : "never used"))
        #expect(failure.hint.contains("aws iam delete-access-key --access-key-id AKIAOTHER0000000"))
        #expect(rig.iam.keys.count == 2 && !rig.iam.actions.contains("CreateAccessKey"))
        #expect(try rig.stored().rotation == nil)
    }

    @Test("a list in parts is read to its end")
    func pages() throws {
        let rig = try Rig()
        rig.iam.add(other(rig, age: 9_999))
        rig.iam.setPageSize(1)
        #expect(try rig.rotate().failure?.code == .refused)
        #expect(rig.iam.actions.prefix(2) == ["ListAccessKeys", "ListAccessKeys"])
        #expect(!rig.iam.actions.contains("CreateAccessKey"))
    }

    @Test(
        "only a key that an interrupted run may have made is taken for one",
        arguments: [
            (age: 100, before: false, isUsed: false, goes: true), (age: 109, before: false, isUsed: false, goes: true),
            (age: 111, before: false, isUsed: false, goes: false), (age: 41, before: false, isUsed: false, goes: true),
            (age: 39, before: false, isUsed: false, goes: false), (age: 100, before: true, isUsed: false, goes: false),
            (age: 100, before: false, isUsed: true, goes: false),
        ] as [(age: Int64, before: Bool, isUsed: Bool, goes: Bool)])
    func lost(age: Int64, before: Bool, isUsed: Bool, goes: Bool) throws {
        let rig = try Rig()
        let now = UInt64(rig.home.clock.now)
        let name = try #require(KeyName("alice"))
        let ids = before ? [oldKey, "AKIAOTHER0000000"] : [oldKey]
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) {
            $0.note(.requested(since: now - 100, until: now - 100, before: ids))
        }
        rig.iam.add(other(rig, age: age, isUsed: isUsed))
        let result = try rig.rotate()
        #expect((result.success != nil) == goes)
        #expect(rig.iam.keys.contains { $0.id == "AKIAOTHER0000000" } == !goes)
        #expect(try rig.works())
    }

    @Test("where IAM does not say whether a key was used, it stays")
    func unseen() throws {
        let rig = try Rig()
        rig.iam.fail("CreateAccessKey", .droppedAfter)
        _ = try rig.rotate()
        #expect(rig.iam.keys.count == 2)
        rig.iam.fail("GetAccessKeyLastUsed", .refused("AccessDenied"))
        #expect(try rig.rotate().failure?.code == .refused)
        #expect(rig.iam.keys.count == 2)
        #expect(try rig.rotate().success != nil)
        #expect(rig.iam.keys.map(\.id) == ["AKIANEW000000002"])
    }

    @Test("an answer with a key that was there before is refused, and that key stays")
    func notNew() throws {
        let rig = try Rig()
        rig.iam.fail("CreateAccessKey", .again)
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .network && failure.message.contains(oldKey))
        #expect(try rig.works() && rig.stored().id == oldKey)
        #expect(rig.iam.keys.map(\.id) == [oldKey] && !rig.iam.actions.contains("DeleteAccessKey"))
        #expect(try rig.rotate().success != nil)
    }

    @Test("an answer that was lost is remembered until its key can be told from others")
    func remembered() throws {
        let rig = try Rig()
        rig.iam.fail("CreateAccessKey", .dropped, .dropped)
        _ = try rig.rotate()
        let first = try #require(try rig.stored().rotation)
        rig.home.clock.advance(30)
        _ = try rig.rotate()
        guard case .requested(let since, let until, let ids) = try rig.stored().rotation,
            case .requested(since, _, ids) = first
        else {
            Issue.record("it is not remembered")
            return
        }
        #expect(until == since + 30)
    }

    @Test("a key that is kept is inactive, and goes at the next rotation")
    func kept() throws {
        let rig = try Rig()
        #expect(try rig.rotate("alice", RotationOptions(keepsOld: true)).success?.old == .inactive)
        #expect(rig.iam.keys.map(\.isActive) == [false, true])
        #expect(try rig.stored().rotation == .kept(accessKeyID: oldKey))
        #expect(try rig.rotate().success?.old == .deleted)
        #expect(rig.iam.keys.map(\.id) == ["AKIANEW000000002"])
    }

    @Test("a kept key that was activated again is someone's")
    func keptAndActivated() throws {
        let rig = try Rig()
        _ = try rig.rotate("alice", RotationOptions(keepsOld: true))
        rig.iam.remove(oldKey)
        rig.iam.add(TestIAM.Key(id: oldKey, createdAt: 1))
        #expect(try rig.rotate().failure?.message.contains(oldKey) == true)
        #expect(rig.iam.keys.count == 2)
    }

    @Test("with a grace the old key works until then, and the next run from then on retires it")
    func grace() throws {
        let rig = try Rig()
        let end = UInt64(rig.home.clock.now + 3_600)
        let week = RotationOptions(grace: 3_600)
        #expect(try rig.rotate("alice", week).success?.old == .active(until: end))
        #expect(try rig.rotate().success?.old == .active(until: end))
        #expect(rig.iam.keys.map(\.isActive) == [true, true])
        rig.home.clock.advance(3_600)
        #expect(try rig.rotate().success?.old == .deleted)
        #expect(rig.iam.keys.map(\.id) == [newKey])
        #expect(!rig.home.hasSaid("something else still has it"))
    }

    @Test("a grace ends early, and a use of the old key is named")
    func graceEnded() throws {
        let rig = try Rig()
        _ = try rig.rotate("alice", RotationOptions(grace: 86_400))
        rig.home.clock.advance(4_000)
        rig.iam.remove(oldKey)
        rig.iam.add(TestIAM.Key(id: oldKey, createdAt: 1, usedAt: rig.home.clock.now))
        #expect(try rig.rotate("alice", RotationOptions(grace: 0)).success?.old == .deleted)
        #expect(rig.home.hasSaid("by s3 in eu-west-1, after it was replaced: something else still has it"))
    }

    @Test("an old key that is gone already is no fault")
    func gone() throws {
        let rig = try Rig()
        _ = try rig.rotate("alice", RotationOptions(grace: 60))
        rig.iam.remove(oldKey)
        rig.home.clock.advance(60)
        #expect(try rig.rotate().success?.old == .deleted)
    }
}

extension TestHome {
    func hasSaid(_ words: String) -> Bool { console.lines.contains { $0.contains(words) } }
}
