import Failures
import RoomSupport
import Stores
import Testing
import Vault

@testable import Rotating

@Suite("Rotating: which keys, who signs, and what would be done")
struct RotationRunTests {
    private static let device = "arn:aws:iam::111111111111:mfa/alice"

    private func key(_ name: String) -> TestKey {
        var key = TestKey(name)
        key.accessKeyID = "AKIA" + name.uppercased() + String(repeating: "0", count: 12 - name.utf8.count)
        return key
    }

    private func chosen(_ rig: Rig, _ choice: RotationChoice) throws -> [String] {
        try rig.run().chosen(choice).map(\.text)
    }

    @Test("keys are chosen by name, by age, and by what was left undone")
    func choice() throws {
        let rig = try Rig(keys: [key("alice"), key("bob"), key("carol")])
        let day = 86_400
        #expect(try chosen(rig, .named(["bob", "bob"], olderThan: nil)) == ["bob"])
        #expect(try chosen(rig, .all(olderThan: day)) == [])
        #expect(try chosen(rig, .named(["bob"], olderThan: day)) == [])
        #expect(try chosen(rig, .all(olderThan: 0)) == ["alice", "bob", "carol"])
        rig.home.clock.advance(Int64(day))
        #expect(try chosen(rig, .all(olderThan: day)) == ["alice", "bob", "carol"])
        let name = try #require(KeyName("carol"))
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) {
            $0.note(.discarding(accessKeyID: "AKIA"))
        }
        #expect(try chosen(rig, .all(olderThan: 2 * day)) == ["carol"])
        #expect(try chosen(rig, .named(["bob", "carol"], olderThan: 2 * day)) == ["carol"])
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) { $0.note(.kept(accessKeyID: "AKIA")) }
        #expect(try chosen(rig, .all(olderThan: 2 * day)) == [])
    }

    @Test("a key in its grace is not due, and is when that is over")
    func grace() throws {
        let rig = try Rig()
        _ = try rig.rotate("alice", RotationOptions(grace: 600))
        #expect(try chosen(rig, .all(olderThan: 86_400)) == [])
        rig.home.clock.advance(600)
        #expect(try chosen(rig, .all(olderThan: 86_400)) == ["alice"])
    }

    @Test("a key that is not there is an error", arguments: ["carol", "no key", ""])
    func absent(_ name: String) throws {
        let rig = try Rig()
        #expect(refusal { try rig.run().chosen(.named([name], olderThan: nil)) }?.code == .notFound)
    }

    @Test("one key's failure does not keep the next from its turn")
    func several() throws {
        let rig = try Rig(keys: [key("bob"), key("alice")])
        rig.iam.add(TestIAM.Key(id: "AKIABOB000000000", createdAt: 1))
        rig.iam.fail("ListAccessKeys", .refused("AccessDenied"))
        var results: [Bool] = []
        let names = try rig.run().chosen(.named(["bob", "alice"], olderThan: nil))
        rig.iam.remove("AKIABOB000000000")
        try rig.run().run(names) { _, result throws(Failure) in results.append(result.success != nil) }
        #expect(results == [false, true])
    }

    @Test("the session made with MFA signs, for one code, where a profile or the key names a device")
    func mfa() throws {
        let config = "[profile alice]\nregion = eu-west-1\nmfa_serial = \(Self.device)\n"
        let rig = try Rig(config: config)
        #expect(try rig.rotate().failure?.code == .promptNeeded)
        #expect(rig.iam.actions.isEmpty)
        #expect(try rig.rotate(code: "123456").success != nil)
        let signers = rig.iam.sender.requests.filter { ($0.form["Action"] ?? "").hasSuffix("AccessKey") }
            .map(\.hasSecretHeader)
        #expect(signers == [true, true, true])
        #expect(rig.iam.actions.filter { $0 == "GetSessionToken" }.count == 1)
    }

    @Test("a role's profile names the device too")
    func device() throws {
        let config = """
            [profile prod]
            role_arn = arn:aws:iam::222222222222:role/Admin
            source_profile = base
            [profile base]
            warder_key = alice
            mfa_serial = \(Self.device)

            """
        #expect(try Rig(config: config).rotate(code: "123456").success != nil)
        let stored = try Rig(config: "[profile alice]\nregion = cn-north-1\nendpoint_url = https://aws.example.com\n")
        let name = try #require(KeyName("alice"))
        _ = try Keys(stored.home.context()).changeKey(name, if: { _ in true }) { $0.summary.mfaSerial = Self.device }
        #expect(try stored.rotate(code: "123456").success != nil)
        #expect(stored.iam.actions.contains("GetSessionToken"))
        #expect(Set(stored.iam.sender.requests.map(\.url)) == ["https://aws.example.com/"])
        let bare = try Rig(config: "")
        #expect(try bare.rotate().success != nil)
        #expect(!bare.iam.actions.contains("GetSessionToken"))
    }

    @Test("a key that AWS does not list any more is not replaced, though a session made from it still signs")
    func unlisted() throws {
        let rig = try Rig(config: "[profile alice]\nregion = eu-west-1\nmfa_serial = \(Self.device)\n")
        let iam = rig.iam
        iam.watch { action in
            if action == "ListAccessKeys" { iam.remove(oldKey) }
        }
        let failure = try #require(try rig.rotate(code: "123456").failure)
        #expect(failure.code == .refused && failure.message.contains(oldKey))
        #expect(!iam.actions.contains("CreateAccessKey"))
        #expect(try rig.stored().rotation == nil && iam.keys.isEmpty)
    }

    @Test("a device that only another profile names is asked for a code, once for all rotations of a run")
    func deviceOfAnother() throws {
        let config = """
            [profile alice]
            region = eu-west-1
            [profile codes]
            warder_key = alice
            mfa_serial = \(Self.device)

            """
        let rig = try Rig(config: config)
        let run = try rig.run(code: "123456")
        var results: [String?] = []
        for _ in 0..<2 {
            try run.run(run.chosen(.named(["alice"], olderThan: nil))) { _, result throws(Failure) in
                results.append(result.success?.accessKeyID)
            }
        }
        #expect(results == [newKey, "AKIANEW000000002"])
        #expect(rig.iam.actions.filter { $0 == "GetSessionToken" }.count == 1)
        let ofKeys = rig.iam.sender.requests.filter { ($0.form["Action"] ?? "").hasSuffix("AccessKey") }
        #expect(ofKeys.count == 6 && ofKeys.allSatisfy(\.hasSecretHeader))
    }

    @Test("without MFA the key signs, first the old one, then the new one")
    func signers() throws {
        let rig = try Rig()
        _ = try rig.rotate()
        let signers = rig.iam.sender.requests.map { request in
            (request.headers["Authorization"] ?? "").contains("Credential=" + newKey)
        }
        #expect(signers == [false, false, true, true, true, true, true, true])
    }

    @Test(
        "the user is named, and found by the key if it has another name now",
        arguments: [
            ("arn:aws:iam::111111111111:user/team/alice", ["alice"]),
            ("arn:aws:iam::111111111111:user/al", ["al", nil]),
            ("arn:aws:iam::111111111111:root", [nil]), (nil, [nil]),
        ] as [(String?, [String?])])
    func user(_ arn: String?, _ names: [String?]) throws {
        let rig = try Rig()
        let name = try #require(KeyName("alice"))
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) { $0.summary.principalARN = arn }
        #expect(try rig.rotate().success?.old == .deleted)
        let asked = rig.iam.sender.requests.filter { $0.form["Action"] == "ListAccessKeys" }.map { $0.form["UserName"] }
        #expect(asked == names)
        #expect(rig.iam.keys.map(\.id) == [newKey])
    }

    @Test("a plan leaves the old key alone as long as the run would")
    func planInGrace() throws {
        let rig = try Rig()
        let name = try #require(KeyName("alice"))
        _ = try rig.rotate("alice", RotationOptions(grace: 3_600))
        let steps = try rig.run().plan(name).steps
        #expect(steps.count == 1 && steps[0].hasPrefix("leave \(oldKey) active until "))
        let ended = try rig.run(RotationOptions(grace: 0)).plan(name).steps
        #expect(ended == ["deactivate \(oldKey)", "delete \(oldKey)"])
        rig.home.clock.advance(3_601)
        #expect(try rig.run().plan(name).steps == ["deactivate \(oldKey)", "delete \(oldKey)"])
    }

    @Test("a plan goes by what is at AWS")
    func planOfLeftovers() throws {
        let rig = try Rig()
        let name = try #require(KeyName("alice"))
        rig.iam.fail("CreateAccessKey", .droppedAfter)
        _ = try rig.rotate()
        #expect(try rig.run().plan(name).steps.first == "delete \(newKey), which an interrupted run made")
        #expect(try rig.rotate("alice", RotationOptions(keepsOld: true)).success != nil)
        #expect(try rig.run().plan(name).steps.first == "delete \(oldKey), which the last rotation kept")
        rig.iam.remove(oldKey)
        rig.iam.add(TestIAM.Key(id: oldKey, createdAt: 1))
        #expect(
            try rig.run().plan(name).steps == ["do nothing: \(oldKey) is in the way, and AWS allows a user two keys"])
    }

    @Test("each request about keys names their user")
    func userOfEach() throws {
        let rig = try Rig()
        let name = try #require(KeyName("alice"))
        _ = try Keys(rig.home.context()).changeKey(name, if: { _ in true }) {
            $0.summary.principalARN = "arn:aws:iam::111111111111:user/alice"
        }
        _ = try rig.rotate()
        let ofKeys = rig.iam.sender.requests.filter { ($0.form["Action"] ?? "").contains("AccessKey") }
        #expect(ofKeys.map { $0.form["UserName"] } == ["alice", "alice", "alice", "alice"])
    }

    @Test("a plan changes nothing")
    func plan() throws {
        let rig = try Rig()
        let name = try #require(KeyName("alice"))
        let plan = try rig.run().plan(name)
        #expect(plan.keysAtAWS.count == 1 && plan.keysAtAWS[0].hasPrefix(oldKey + ", made 20"))
        #expect(plan.steps.map { $0.split(separator: " ")[0] } == ["make", "deactivate", "delete"])
        #expect(Set(rig.iam.actions) == ["ListAccessKeys", "GetAccessKeyLastUsed"])
        #expect(try rig.stored().rotation == nil && rig.iam.keys.map(\.id) == [oldKey])
        rig.iam.add(TestIAM.Key(id: "AKIAOTHER0000000", createdAt: 1))
        #expect(try rig.run().plan(name).steps.first?.contains("AKIAOTHER0000000 is in the way") == true)
    }
}

/// Why `body` failed; nil if it did not.
func refusal(_ body: () throws -> some Any) -> Failure? {
    do { _ = try body() } catch { return error as? Failure }
    return nil
}
