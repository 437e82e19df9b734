import Failures
import Issuing
import RoomSupport
import Secrets
import Setup
import Stores
import Testing
import Vault

@testable import Rotating

let oldKey = "AKIAALICE0000000"
let newKey = "AKIANEW000000001"

/// A home with a key, and the IAM that it belongs to.
struct Rig {
    let home: TestHome
    let iam: TestIAM

    init(config: String = "[profile alice]\nregion = eu-west-1\n", keys: [TestKey] = [TestKey()]) throws {
        let clock = TestClock.atPresent()
        iam = TestIAM(clock)
        home = try TestHome(config: config, credentials: "", clock: clock, sender: iam.sender)
        try home.makeVault(keys)
    }

    /// What a new process of `warder rotate` would be.
    func run(_ options: RotationOptions = RotationOptions(), code: String? = nil) throws(Failure) -> RotationRun {
        let context = try home.context(noPrompt: code == nil)
        let keys = Keys(context)
        let sessions = SigningSessions(context, keys, CodeSupply(given: code, keys: keys))
        return RotationRun(context, keys, options, sessions)
    }

    /// What became of one key.
    func rotate(
        _ name: String = "alice", _ options: RotationOptions = RotationOptions(), code: String? = nil
    ) throws -> Result<RotationResult, Failure> {
        let name = try #require(KeyName(name))
        var found: Result<RotationResult, Failure>?
        try run(options, code: code).run([name]) { _, result throws(Failure) in found = result }
        return try #require(found)
    }

    /// How far a key is, its id, and its secret, as another process finds them.
    func stored(_ name: String = "alice") throws -> (rotation: KeyRotation?, id: String, secret: String) {
        let record = try Keys(home.context()).storedRecord(try #require(KeyName(name)))
        return (record.rotation, record.summary.accessKeyID, text(record.secret))
    }

    /// The key in use is one that AWS takes.
    func works(_ name: String = "alice") throws -> Bool {
        let stored = try stored(name)
        return stored.secret == "secret-of-" + stored.id && iam.keys.contains { $0.id == stored.id && $0.isActive }
    }
}

extension Result where Failure == Failures.Failure {
    var failure: Failures.Failure? { if case .failure(let failure) = self { failure } else { nil } }
    var success: Success? { if case .success(let success) = self { success } else { nil } }
}
