import Failures
import STS
import Secrets
import Setup
import Text
import Times
import Vault

/// What a rotation would do, as AWS's answers to reading requests show it.
package struct RotationPlan {
    /// The key.
    package let summary: AccessKeySummary
    /// The keys of its user at AWS, in words.
    package let keysAtAWS: [String]
    /// What would be done, in order.
    package let steps: [String]

    init(
        _ record: borrowing AccessKeyRecord, _ options: RotationOptions, _ sessions: SigningSessions
    ) throws(Failure) {
        let summary = record.summary
        let key = record.credentials()
        let signer = try KeySigner(summary, sessions)
        let listed = try signer.listedKeys(key)
        let others = OtherKeys(
            signer: signer, record: summary, context: sessions.context, keys: sessions.keys)
        var words: [String] = []
        var found = Found()
        for listed in listed.keys {
            let id = listed.accessKeyID
            let use = OtherKeys.words(try? others.lastUse(id, key)) ?? "its last use may not be seen"
            let state = listed.isActive ? "active" : "inactive"
            words.append("\(id), made \(UnixTime(listed.createdAt).iso8601), \(state), \(use)")
            switch try others.kind(of: listed, key) {
            case .inUse: break
            case .kept: found.kept = id
            case .lost: found.lost.append(id)
            case .foreign: if id != summary.rotation?.unfinishedKey { found.blocking = id }
            }
        }
        self.summary = summary
        keysAtAWS = words
        steps = Self.steps(summary, options, found, now: sessions.context.now)
    }

    /// Keys at AWS besides those that the rotation knows.
    private struct Found {
        var kept: String?
        var lost: [String] = []
        var blocking: String?
    }

    private static func steps(
        _ summary: AccessKeySummary, _ options: RotationOptions, _ found: Found, now: Int64
    ) -> [String] {
        let current = summary.accessKeyID
        switch summary.rotation {
        case .unknown: return ["do nothing: a newer warder began to rotate it"]
        case .created(let id, _): return ["use \(id), which is stored already"] + retire(current, options)
        case .replaced(let id, let retireAt, _) where options.isInGrace(until: retireAt, now: now):
            return ["leave \(id) active until \(UnixTime(Int64(clamping: retireAt)).iso8601)"]
        case .replaced(let id, _, let keeps):
            return retire(id, RotationOptions(keepsOld: keeps || options.keepsOld, grace: nil))
        case .discarding(let id): return ["delete \(id), which AWS did not accept"] + anew(current, options)
        case .kept, .requested, nil: break
        }
        if let id = found.blocking { return ["do nothing: \(id) is in the way, and AWS allows a user two keys"] }
        var before = found.lost.map { "delete \($0), which an interrupted run made" }
        if let id = found.kept { before.append("delete \(id), which the last rotation kept") }
        return before + anew(current, options)
    }

    private static func anew(_ current: String, _ options: RotationOptions) -> [String] {
        ["make a new key, store it, and use it once AWS accepts it"] + retire(current, options)
    }

    private static func retire(_ id: String, _ options: RotationOptions) -> [String] {
        let after = (options.grace ?? 0) > 0 ? ", after the time of --grace" : ""
        return ["deactivate \(id)\(after)"] + (options.keepsOld ? [] : ["delete \(id)"])
    }
}

extension KeyRotation {
    /// The other key of a rotation that is under way.
    fileprivate var unfinishedKey: String? { unfinishedFrom == nil ? nil : otherKey }
}
