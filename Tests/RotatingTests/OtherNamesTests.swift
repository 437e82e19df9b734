import Failures
import RoomSupport
import Setup
import Stores
import Testing
import Vault

@testable import Rotating

@Suite("Rotating: keys of one user under several names")
struct OtherNamesTests {
    /// alice and bob have the very same key.
    private func twins() throws -> Rig {
        var bob = TestKey("bob")
        bob.accessKeyID = oldKey
        return try Rig(keys: [TestKey(), bob])
    }

    private func report(_ rig: Rig, _ options: RotationOptions) throws -> [String: Result<RotationResult, Failure>] {
        let run = try rig.run(options)
        var found: [String: Result<RotationResult, Failure>] = [:]
        try run.run(run.chosen(.all(olderThan: 0))) { name, result throws(Failure) in found[name.text] = result }
        return found
    }

    @Test("a name gets the new key too, where the list of keys cannot be noted")
    func unnoted() throws {
        let rig = try twins()
        try withExtendedLifetime(rig.home) {
            let sessions = try rig.home.context().paths.sessions
            try rig.home.write("no folder", to: String(sessions.dropFirst(rig.home.path.count + 1)))
            #expect(try Keys(rig.home.context()).listing().keys == nil)
            #expect(try rig.rotate().success?.old == .deleted)
            #expect(try rig.stored("bob").id == newKey && rig.works("bob"))
            #expect(try rig.run().chosen(.all(olderThan: 0)).map(\.text).sorted() == ["alice", "bob"])
        }
    }

    @Test(
        "all names of a key are done with one rotation",
        arguments: [RotationOptions(), RotationOptions(keepsOld: true), RotationOptions(grace: 600)])
    func once(_ options: RotationOptions) throws {
        let rig = try twins()
        let found = try report(rig, options)
        #expect(found["alice"]?.success?.accessKeyID == newKey)
        #expect(found["bob"]?.success?.accessKeyID == newKey && found["bob"]?.success?.oldKey == oldKey)
        #expect(found["bob"]?.success?.name.text == "bob")
        #expect(rig.iam.actions.filter { $0 == "CreateAccessKey" }.count == 1)
        #expect(try rig.works("alice") && rig.works("bob"))
    }

    @Test("a key that the store has is never taken for a lost one, and is named")
    func stored() throws {
        var second = TestKey("second")
        second.accessKeyID = "AKIAOTHER0000000"
        let rig = try Rig(keys: [TestKey(), second])
        let now = UInt64(rig.home.clock.now)
        let name = try #require(KeyName("alice"))
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) {
            $0.note(.requested(since: now - 5, until: now - 5, before: [oldKey]))
        }
        rig.iam.add(TestIAM.Key(id: "AKIAOTHER0000000", createdAt: Int64(now)))
        #expect(try rig.run().plan(name).steps.first?.contains("AKIAOTHER0000000 is in the way") == true)
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .refused && failure.message.contains("AKIAOTHER0000000 (stored as second, active"))
        #expect(failure.hint.contains("warder remove second"))
        #expect(rig.iam.keys.count == 2)
    }

    @Test("a key that also lies in plain text is not rotated")
    func plaintext() throws {
        let rig = try Rig()
        try rig.home.write(
            "[old]\naws_access_key_id = \(oldKey)\naws_secret_access_key = secret\n", to: ".aws/credentials")
        let failure = try #require(try rig.rotate().failure)
        #expect(failure.code == .badConfig && failure.message.contains(".aws/credentials:2"))
        #expect(failure.hint == "first run warder import old")
        #expect(refusal { try rig.run().plan(try #require(KeyName("alice"))) }?.code == .badConfig)
        #expect(rig.iam.actions == [])
        try rig.home.write(
            "[old]\naws_access_key_id = AKIASOMETHING000\naws_secret_access_key = secret\n", to: ".aws/credentials")
        #expect(try rig.rotate().success != nil)
    }
}
