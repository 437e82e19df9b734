import Failures
import RoomSupport
import Stores
import Synchronization
import Testing
import Vault

@testable import Rotating

@Suite("Rotating: a new key takes the old one's place")
struct RotationTests {
    @Test("make, store, check twice, use, deactivate, check twice, delete")
    func order() throws {
        let rig = try Rig()
        let result = try #require(try rig.rotate().success)
        #expect(result.accessKeyID == newKey && result.oldKey == oldKey && result.old == .deleted)
        let check = ["GetCallerIdentity", "GetCallerIdentity"]
        #expect(
            rig.iam.actions == ["ListAccessKeys", "CreateAccessKey"] + check + ["UpdateAccessKey"] + check
                + ["DeleteAccessKey"])
        #expect(rig.iam.keys.map(\.id) == [newKey])
        let stored = try rig.stored()
        #expect(stored.rotation == nil && stored.id == newKey && stored.secret == "secret-of-" + newKey)
        #expect(!rig.home.console.lines.contains { $0.contains("secret-of") })
    }

    @Test("each step is stored before it is taken")
    func journal() throws {
        let rig = try Rig()
        let seen = Mutex<[String: [KeyRotation?]]>([:])
        let home = rig.home
        rig.iam.watch { action in
            guard let name = KeyName("alice"),
                let record = try? Keys(home.context()).storedRecord(name)
            else { return }
            let rotation = record.rotation
            seen.withLock { $0[action, default: []].append(rotation) }
        }
        let now = UInt64(home.clock.now)
        _ = try rig.rotate()
        let steps = seen.withLock { $0 }
        #expect(steps["ListAccessKeys"] == [nil])
        #expect(steps["CreateAccessKey"] == [.requested(since: now, until: now, before: [oldKey])])
        let replaced = KeyRotation.replaced(accessKeyID: oldKey, retireAt: 0, keeps: false)
        let created = KeyRotation.created(accessKeyID: newKey, createdAt: now)
        #expect(steps["GetCallerIdentity"] == [created, created, replaced, replaced])
        #expect(steps["UpdateAccessKey"] == [replaced] && steps["DeleteAccessKey"] == [replaced])
    }

    @Test(
        "whatever fails, a key that works is stored, and the next run finishes",
        arguments: ["ListAccessKeys", "CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"],
        [TestIAM.Fault.dropped, .droppedAfter, .refused("AccessDenied"), .refused("InternalFailure", status: 500)])
    func failures(_ action: String, _ fault: TestIAM.Fault) throws {
        let rig = try Rig()
        for _ in 0..<40 { rig.iam.fail(action, fault) }
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == (failure.message.contains("AWS refused") ? .refused : .network))
        #expect(try rig.works() && rig.iam.keys.count <= 2)
        let inUse = try rig.stored().id
        #expect((action == "UpdateAccessKey" || action == "DeleteAccessKey") == (inUse != oldKey))
        rig.iam.heal()
        #expect(try rig.rotate().success != nil, "\(rig.home.console.lines)")
        #expect(try rig.works() && rig.stored().rotation == nil)
        #expect(rig.iam.keys.count == 1 && rig.iam.keys.first?.id != oldKey)
    }

    @Test("a key that AWS refuses for half a minute is waited for, and the old one is in use until then")
    func late() throws {
        let rig = try Rig()
        rig.iam.delay(sts: 30)
        let home = rig.home
        let inUse = Mutex<Set<String>>([])
        rig.iam.watch { action in
            guard action == "GetCallerIdentity", let name = KeyName("alice"),
                let record = try? Keys(home.context()).storedRecord(name)
            else { return }
            let id = record.summary.accessKeyID
            if case .created = record.rotation { _ = inUse.withLock { $0.insert(id) } }
        }
        #expect(try rig.rotate().success?.old == .deleted)
        #expect(inUse.withLock { $0 } == [oldKey])
    }

    @Test("a key that AWS never accepts is deleted after a minute")
    func never() throws {
        let rig = try Rig()
        rig.iam.delay(sts: 1_000)
        let start = rig.home.clock.now
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .refused && failure.message.contains(newKey) && failure.message.contains(oldKey))
        #expect((50...62).contains(rig.home.clock.now - start))
        #expect(try rig.stored().id == oldKey && rig.stored().rotation == nil)
        #expect(rig.iam.keys.map(\.id) == [oldKey])
    }

    @Test("taking a key back is finished by the next run")
    func discarding() throws {
        let rig = try Rig()
        rig.iam.delay(sts: 1_000)
        for _ in 0..<9 { rig.iam.fail("DeleteAccessKey", .dropped) }
        _ = try rig.rotate()
        #expect(try rig.stored().rotation == .discarding(accessKeyID: newKey))
        rig.iam.heal()
        rig.iam.delay()
        #expect(try rig.rotate().success?.accessKeyID == "AKIANEW000000002")
        #expect(rig.iam.keys.map(\.id) == ["AKIANEW000000002"])
    }

    @Test("IAM may learn of a new key later than STS")
    func lateAtIAM() throws {
        let rig = try Rig()
        rig.iam.delay(iam: 20)
        #expect(try rig.rotate().success?.old == .deleted)
    }

    @Test("a key that is removed meanwhile leaves no new one", arguments: ["CreateAccessKey", "GetCallerIdentity"])
    func removedMeanwhile(during action: String) throws {
        let rig = try Rig()
        let home = rig.home
        rig.iam.watch { asked in
            guard asked == action, let name = KeyName("alice") else { return }
            try? Keys(home.context()).remove(name)
        }
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .notFound && failure.message.contains(newKey))
        #expect(rig.iam.keys.map(\.id) == [oldKey])
    }

    @Test("one run at a time")
    func alone() throws {
        let rig = try Rig()
        let second = Mutex<Failure?>(nil)
        rig.iam.watch { action in
            guard action == "CreateAccessKey" else { return }
            do { _ = try rig.rotate() } catch { second.withLock { $0 = error as? Failure } }
        }
        #expect(try rig.rotate().success != nil)
        #expect(second.withLock { $0 }?.message == "another warder rotate is at work")
        #expect(rig.iam.actions.filter { $0 == "CreateAccessKey" }.count == 1)
    }

    @Test("a run that waited for another one goes by what that left")
    func afterAnother() throws {
        let rig = try Rig()
        let waiting = try rig.run()
        let names = try waiting.chosen(.named(["alice"], olderThan: nil))
        _ = try rig.rotate("alice", RotationOptions(keepsOld: true))
        var results: [String?] = []
        try waiting.run(names) { _, result throws(Failure) in results.append(result.success?.accessKeyID) }
        #expect(results == ["AKIANEW000000002"])
        #expect(try rig.works() && rig.iam.keys.map(\.id) == ["AKIANEW000000002"])
    }

    @Test("the very same key under another name gets the new one too")
    func twins() throws {
        var work = TestKey("work")
        work.accessKeyID = oldKey
        var other = TestKey("other")
        other.accessKeyID = "AKIAOTHER0000000"
        let rig = try Rig(keys: [TestKey(), work, other])
        _ = try rig.rotate()
        #expect(try rig.stored("work").id == newKey && rig.stored("work").secret == "secret-of-" + newKey)
        #expect(try rig.stored("other").id == "AKIAOTHER0000000")
    }

    @Test("a name whose own rotation was interrupted before AWS made a key gets the new one, and can be rotated")
    func interruptedTwin() throws {
        var work = TestKey("work")
        work.accessKeyID = oldKey
        let rig = try Rig(keys: [TestKey(), work])
        for _ in 0..<9 { rig.iam.fail("CreateAccessKey", .dropped) }
        _ = try rig.rotate("work")
        guard case .requested = try rig.stored("work").rotation else {
            Issue.record("it was not interrupted")
            return
        }
        rig.iam.heal()
        #expect(try rig.rotate().success?.old == .deleted)
        #expect(try rig.stored("work").id == newKey && rig.works("work"))
        #expect(try rig.rotate("work").success?.accessKeyID == "AKIANEW000000002")
        #expect(try rig.works() && rig.stored().id == "AKIANEW000000002")
    }

    @Test("each name that gets the new key is in the log, once")
    func events() throws {
        var work = TestKey("work")
        work.accessKeyID = oldKey
        let rig = try Rig(keys: [TestKey(), work])
        _ = try rig.rotate()
        let events = rig.home.events.all.filter { $0.kind == .rotated }
        #expect(events.map(\.profile) == ["alice", "work"])
        #expect(events.allSatisfy { $0.key.map { newKey.hasSuffix($0) } == true })
    }

    @Test("the very same key under another name is replaced before it is deactivated", arguments: [nil, 3_600])
    func twinFirst(grace: Int?) throws {
        var work = TestKey("work")
        work.accessKeyID = oldKey
        let rig = try Rig(keys: [TestKey(), work])
        let home = rig.home
        let seen = Mutex<[String]>([])
        rig.iam.watch { action in
            guard action == "UpdateAccessKey", let name = KeyName("work"),
                let record = try? Keys(home.context()).storedRecord(name)
            else { return }
            let id = record.summary.accessKeyID
            seen.withLock { $0.append(id) }
        }
        #expect(try rig.rotate("alice", RotationOptions(grace: grace)).success != nil)
        #expect(seen.withLock { $0 } == (grace == nil ? [newKey] : []))
        #expect(try rig.stored("work").id == newKey)
    }

    @Test("where the new key does not work without the old one, that is activated again")
    func activatedAgain() throws {
        let rig = try Rig()
        let iam = rig.iam
        let isFirst = Mutex(true)
        iam.watch { action in
            guard action == "UpdateAccessKey",
                isFirst.withLock({
                    let was = $0; $0 = false; return was
                })
            else { return }
            for _ in 0..<40 { iam.fail("GetCallerIdentity", .refused("InvalidClientTokenId")) }
        }
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .refused && failure.message.contains(newKey))
        #expect(iam.keys.map(\.isActive) == [true, true])
        #expect(try rig.stored().id == newKey)
        iam.heal()
        #expect(try rig.rotate().success?.old == .deleted)
        #expect(iam.keys.map(\.id) == [newKey])
    }

    @Test("the run that finishes keeps the old key, if the one that was interrupted was to")
    func keptByTheNextRun() throws {
        let rig = try Rig()
        for _ in 0..<40 { rig.iam.fail("UpdateAccessKey", .dropped) }
        #expect(try rig.rotate("alice", RotationOptions(keepsOld: true)).failure?.code == .network)
        rig.iam.heal()
        #expect(try rig.rotate().success?.old == .inactive)
        #expect(rig.iam.keys.map(\.isActive) == [false, true])
        #expect(try rig.stored().rotation == .kept(accessKeyID: oldKey))
    }

    @Test("what another process noted meanwhile is not written over")
    func notedMeanwhile() throws {
        let rig = try Rig()
        let home = rig.home
        rig.iam.watch { action in
            guard action == "CreateAccessKey", let name = KeyName("alice") else { return }
            _ = try? Keys(home.context()).changeKey(name, if: { _ in true }) {
                $0.note(.discarding(accessKeyID: "AKIAOTHER0000000"))
            }
        }
        #expect(try rig.rotate().failure?.message.contains(newKey) == true)
        #expect(try rig.stored().rotation == .discarding(accessKeyID: "AKIAOTHER0000000"))
        #expect(try rig.stored().id == oldKey && rig.iam.keys.map(\.id) == [oldKey])
    }

    @Test("a refusal is no interruption: nothing is left to do, and no key is taken for one that it made")
    func refusedForGood() throws {
        let rig = try Rig()
        rig.iam.fail("CreateAccessKey", .refused("AccessDenied"))
        #expect(try rig.rotate().failure?.code == .refused)
        #expect(try rig.stored().rotation == nil)
        rig.iam.add(TestIAM.Key(id: "AKIAOTHER0000000", createdAt: rig.home.clock.now))
        #expect(try rig.rotate().failure?.code == .refused)
        #expect(rig.iam.keys.count == 2)
    }

    @Test("what a newer version noted is left alone")
    func newer() throws {
        let rig = try Rig()
        let name = try #require(KeyName("alice"))
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) {
            $0.rotationLine = secret("swapped twice")
        }
        #expect(try rig.rotate().failure?.message.contains("a newer warder") == true)
        #expect(rig.iam.actions.isEmpty)
        #expect(try rig.stored().rotation == .unknown)
    }
}
