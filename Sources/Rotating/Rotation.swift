import AuditLog
import Failures
import Issuing
import Profiles
import STS
import Secrets
import Setup
import Stores
import Text
import Times
import Vault

/// Replaces one key at AWS. At every moment a key that works is stored: whatever fails before the new key is in use
/// leaves the old one in use, and whatever fails afterwards the new one.
package struct Rotation {
    let context: Context
    let keys: Keys
    let name: KeyName
    let options: RotationOptions
    let sessions: SigningSessions
    private var journal: RotationJournal { RotationJournal(keys: keys, name: name) }

    package init(_ name: KeyName, _ options: RotationOptions, _ sessions: SigningSessions) {
        self.name = name
        self.options = options
        self.sessions = sessions
        context = sessions.context
        keys = sessions.keys
    }

    /// Finishes what an interrupted run began; if that was no rotation, makes one.
    package func run() throws(Failure) -> RotationResult {
        let record = try keys.storedRecord(name)
        try refuseInPlaintext(record.summary)
        switch record.rotation {
        case .unknown: throw Failure.newerRotation(name.text)
        case .created:
            say("going on with the rotation that was interrupted")
            return try finish(record)
        case .replaced: return try Retirement(self).run(record)
        case .discarding(let id):
            try discard(id, record)
            return try begin(keys.storedRecord(name))
        case .requested, .kept, nil: return try begin(record)
        }
    }

    /// Programs that go by a plaintext copy of the key would fail once it is deleted at AWS.
    func refuseInPlaintext(_ summary: AccessKeySummary) throws(Failure) {
        guard let profiles = try? ProfileLoading(context).profiles() else { return }
        for copy in profiles.writtenKeys where copy.accessKeyID.isSame(as: summary.accessKeyID) {
            throw Failure.inPlaintext(name.text, copy.profile, copy.origin)
        }
    }

    func say(_ text: String) { context.console.note("\(name): \(text)") }

    // MARK: - The new key

    /// Makes the new key, and stores it with the old one.
    private func begin(_ record: borrowing AccessKeyRecord) throws(Failure) -> RotationResult {
        let summary = record.summary
        let key = record.credentials()
        let signer = try KeySigner(summary, sessions)
        let listed = try signer.listedKeys(key)
        guard listed.keys.contains(where: { $0.accessKeyID == summary.accessKeyID }) else {
            throw Failure.notListed(name.text, summary.accessKeyID)
        }
        let foundLost = try OtherKeys(signer: signer, record: summary, context: context, keys: keys)
            .clear(listed, key)
        let requested = request(listed, foundLost ? nil : summary.rotation)
        try journal.note(requested, after: summary)
        let noted = summary.noting(requested)
        let created: CreatedKey
        do throws(Failure) {
            created = try signer.iam("CreateAccessKey", "make a new key", key) {
                client, signer, user throws(STSError) in
                try client.createAccessKey(of: user, signedBy: signer)
            }
        } catch {
            if error.cause == .notMade { try? journal.note(foundLost ? nil : summary.rotation, after: noted) }
            throw error
        }
        // A key that was there before is not ours to store, to use or to delete.
        let id = created.credentials.accessKeyID
        if listed.keys.map(\.accessKeyID).contains(id) { throw Failure.notNew(name.text, id) }
        try store(created, after: noted, signer, key)
        say("made \(created.credentials.accessKeyID), and stored it in the \(try keys.presentStore().kind.spoken)")
        return try finish(keys.storedRecord(name), signer)
    }

    /// What to note before the request. If an earlier one may still turn out to have made a key, its time counts.
    private func request(_ listed: RegisteredKeys, _ before: KeyRotation?) -> KeyRotation {
        let now = UInt64(clamping: listed.now)
        if case .requested(let since, _, let ids) = before {
            return .requested(since: min(since, now), until: now, before: ids)
        }
        return .requested(since: now, until: now, before: listed.keys.map(\.accessKeyID))
    }

    /// Stores the new key. No one has its secret until then: if that fails, it is deleted at AWS.
    private func store(
        _ created: borrowing CreatedKey, after noted: AccessKeySummary, _ signer: KeySigner,
        _ key: borrowing Credentials
    ) throws(Failure) {
        let id = created.credentials.accessKeyID
        do throws(Failure) {
            try journal.note(
                .created(accessKeyID: id, createdAt: UInt64(clamping: created.createdAt)),
                secret: created.credentials.secret.copy(), after: noted)
        } catch {
            do throws(Failure) { try signer.deleteKey(id, key) } catch let second {
                throw error.notStored(name.text, id, left: second.message)
            }
            try? journal.note(nil, after: noted)
            throw error.notStored(name.text, id, left: nil)
        }
    }

    // MARK: - In use

    /// Waits until the new key works, puts it in the old one's place, and retires that.
    ///
    /// - Parameter signer: nil to find it.
    private func finish(
        _ record: borrowing AccessKeyRecord, _ known: KeySigner? = nil
    ) throws(Failure) -> RotationResult {
        let summary = record.summary
        guard let new = record.newCredentials() else { throw Failure.newerRotation(name.text) }
        let signer: KeySigner
        if let known { signer = known } else { signer = try KeySigner(summary, sessions) }
        say("waiting until AWS accepts \(new.accessKeyID), a minute at most")
        switch KeyAcceptance(of: new, signer.calls, context.world.timing) {
        case .accepted: break
        case .unknown(let error):
            throw signer.failure(error, "GetCallerIdentity", "check \(new.accessKeyID)", new)
                .unfinished(name.text, inUse: summary.accessKeyID)
        case .refused:
            try journal.note(.discarding(accessKeyID: new.accessKeyID), after: summary)
            try discard(new.accessKeyID, keys.storedRecord(name))
            throw Failure.neverAccepted(name.text, new: new.accessKeyID, inUse: summary.accessKeyID)
        }
        let retireAt = options.grace.map { UInt64(clamping: context.now + Int64($0)) } ?? 0
        do throws(Failure) {
            try journal.replaceKey(retireAt: retireAt, keeps: options.keepsOld, after: summary)
        } catch {
            throw isStored(new.accessKeyID) ? error : removed(new.accessKeyID, error, signer, record.credentials())
        }
        context.record(Event(.rotated, profile: name.text, keyID: new.accessKeyID))
        say("\(new.accessKeyID) is in use now")
        return try Retirement(self).run(keys.storedRecord(name), signer)
    }

    /// Whether the new key is stored, in use or not. If that cannot be seen, it is assumed.
    private func isStored(_ id: String) -> Bool {
        do throws(Failure) {
            let summary = try keys.storedRecord(name).summary
            return summary.accessKeyID == id || summary.rotation?.otherKey == id
        } catch { return error.code != .notFound }
    }

    /// Deletes a new key at AWS that another process replaced or removed in the store: nothing has its secret any more.
    private func removed(
        _ id: String, _ error: Failure, _ signer: KeySigner, _ key: borrowing Credentials
    ) -> Failure {
        do throws(Failure) { try signer.deleteKey(id, key) } catch let second {
            return error.notStored(name.text, id, left: second.message)
        }
        return error.saying("\(error.message); the key \(id), which was to replace it, is deleted at AWS again")
    }

    /// Deletes a new key that AWS never accepted.
    private func discard(_ id: String, _ record: borrowing AccessKeyRecord) throws(Failure) {
        let summary = record.summary
        try KeySigner(summary, sessions).deleteKey(id, record.credentials())
        try journal.note(nil, after: summary)
        say("deleted \(id), which AWS did not accept")
    }
}

extension KeySigner {
    /// The keys of the user at AWS.
    func listedKeys(_ key: borrowing Credentials) throws(Failure) -> RegisteredKeys {
        try iam("ListAccessKeys", "list the user's keys", key) { client, signer, user throws(STSError) in
            try client.listAccessKeys(of: user, signedBy: signer)
        }
    }
}
