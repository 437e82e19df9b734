import Failures
import Secrets
import Setup
import Stores
import Text
import Times
import Vault

/// Deactivates the key that was replaced, and deletes it once the new one has proved to work without it.
struct Retirement {
    private let rotation: Rotation
    private var context: Context { rotation.context }
    private var name: KeyName { rotation.name }

    init(_ rotation: Rotation) { self.rotation = rotation }

    /// - Parameters:
    ///   - record: the key, with a note of the one that it replaced.
    ///   - known: who signs; nil to find that.
    func run(_ record: borrowing AccessKeyRecord, _ known: KeySigner? = nil) throws(Failure) -> RotationResult {
        let summary = record.summary
        guard case .replaced(let old, let retireAt, let keeps) = summary.rotation else {
            throw Failure.newerRotation(name.text)
        }
        do throws(Failure) { try TwinKeys(rotation.keys).replace(old, with: record) } catch {
            throw error.unfinished(name.text, inUse: summary.accessKeyID)
        }
        if rotation.options.isInGrace(until: retireAt, now: context.now) {
            let time = UnixTime(Int64(clamping: retireAt)).iso8601
            rotation.say("\(old) goes on working until \(time); the next warder rotate from then on deactivates it")
            return result(summary, old, .active(until: retireAt))
        }
        let signer: KeySigner
        if let known { signer = known } else { signer = try KeySigner(summary, rotation.sessions) }
        signer.isNew = true
        let key = record.credentials()
        if known == nil { reportUse(of: old, since: summary.createdAt, signer, summary, key) }
        do throws(Failure) { try deactivate(old, summary, signer, key) } catch {
            throw error.unfinished(name.text, inUse: summary.accessKeyID)
        }
        let journal = RotationJournal(keys: rotation.keys, name: name)
        guard !(keeps || rotation.options.keepsOld) else {
            try journal.note(.kept(accessKeyID: old), after: summary)
            rotation.say("\(old) is inactive, and kept at AWS until the next rotation")
            return result(summary, old, .inactive)
        }
        do throws(Failure) { try signer.deleteKey(old, key) } catch {
            throw error.unfinished(name.text, inUse: summary.accessKeyID)
        }
        try journal.note(nil, after: summary)
        rotation.say("deleted \(old)")
        return result(summary, old, .deleted)
    }

    /// Deactivates the old key; if the new one does not work without it, activates it again.
    private func deactivate(
        _ old: String, _ summary: AccessKeySummary, _ signer: KeySigner, _ key: borrowing Credentials
    ) throws(Failure) {
        try signer.setKey(old, isActive: false, key)
        switch KeyAcceptance(of: key, signer.calls, context.world.timing) {
        case .accepted: rotation.say("deactivated \(old)")
        case .unknown(let error), .refused(let error):
            try? signer.setKey(old, isActive: true, key)
            throw signer.failure(error, "GetCallerIdentity", "check \(summary.accessKeyID)", key)
        }
    }

    /// Says if the old key was used after it was replaced: something else has it.
    private func reportUse(
        of old: String, since: UInt64, _ signer: KeySigner, _ summary: AccessKeySummary, _ key: borrowing Credentials
    ) {
        let others = OtherKeys(
            signer: signer, record: summary, context: context, keys: rotation.keys)
        guard let use = (try? others.lastUse(old, key)) ?? nil, use.time > Int64(clamping: since) + Self.settling else {
            return
        }
        let words = OtherKeys.words(use) ?? ""
        rotation.say("\(old) was \(words), after it was replaced: something else still has it")
    }

    /// Seconds for which the old key is used by the rotation itself.
    private static let settling: Int64 = 300

    private func result(_ summary: AccessKeySummary, _ old: String, _ what: RotationResult.Old) -> RotationResult {
        RotationResult(name: name, accessKeyID: summary.accessKeyID, oldKey: old, old: what)
    }
}
