import Failures
import Linux
import Sessions
import Setup
import Stores
import Text
import Vault

/// Which keys a run is about.
package enum RotationChoice: Sendable {
    /// These, if they are at least so many seconds old.
    case named([String], olderThan: Int?)
    /// All that are at least so many seconds old, and those whose rotation was interrupted.
    case all(olderThan: Int)
}

/// Rotates keys one after another, so that one code does for all of a device.
package struct RotationRun {
    private let context: Context
    private let keys: Keys
    private let options: RotationOptions
    private let sessions: SigningSessions

    package init(_ context: Context, _ keys: Keys, _ options: RotationOptions, _ sessions: SigningSessions) {
        self.context = context
        self.keys = keys
        self.options = options
        self.sessions = sessions
    }

    /// The lock that one run at a time holds: two at once would make three keys.
    private func lock() throws(Failure) -> FileLock {
        do throws(FileError) { try makePrivateFolder(context.paths.state) } catch {
            throw Failure(error, "warder's state folder")
        }
        do throws(LockError) {
            return try FileLock.acquire(context.paths.state + "/rotate.lock", until: .after(milliseconds: 1_000))
        } catch {
            if case .timedOut = error { throw Failure.rotatingAlready }
            throw Failure(error, "the lock of warder rotate")
        }
    }

    /// Rotates the chosen keys, each whatever became of the others.
    ///
    /// - Parameter report: is given what became of each.
    package func run(
        _ names: [KeyName], report: (KeyName, Result<RotationResult, Failure>) throws(Failure) -> Void
    ) throws(Failure) {
        guard !names.isEmpty else { return }
        try keys.refuseForbiddenStore()
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        // Another run may have finished while this one waited.
        try keys.readAgain()
        var done: [RotationResult] = []
        for name in names {
            let result: Result<RotationResult, Failure>
            do throws(Failure) {
                if let twin = try alreadyDone(name, done) {
                    result = .success(twin)
                } else {
                    let made = try Rotation(name, options, sessions).run()
                    done.append(made)
                    result = .success(made)
                }
            } catch { result = .failure(error) }
            try report(name, result)
        }
    }

    /// What came of a key that this run has given to this name too, since both had the same one.
    private func alreadyDone(_ name: KeyName, _ done: [RotationResult]) throws(Failure) -> RotationResult? {
        let present = try keys.storedRecord(name).summary
        guard present.rotation == nil, let twin = done.first(where: { $0.accessKeyID == present.accessKeyID }) else {
            return nil
        }
        return RotationResult(name: name, accessKeyID: twin.accessKeyID, oldKey: twin.oldKey, old: twin.old)
    }

    /// What a run would do with a key. AWS is asked, and nothing is changed.
    package func plan(_ name: KeyName) throws(Failure) -> RotationPlan {
        try keys.refuseForbiddenStore()
        let record = try keys.storedRecord(name)
        try Rotation(name, options, sessions).refuseInPlaintext(record.summary)
        return try RotationPlan(record, options, sessions)
    }

    /// The keys that are chosen, in the order of the command line or of the store.
    package func chosen(_ choice: RotationChoice) throws(Failure) -> [KeyName] {
        guard let store = try keys.store() else { throw Failure.noStore }
        switch choice {
        case .named(let names, let age):
            var chosen: [KeyName] = []
            for name in names {
                guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
                let key = try named(keyName)
                if age.map({ isWanted(key, $0) }) ?? true, !chosen.contains(keyName) { chosen.append(keyName) }
            }
            return chosen
        case .all(let age):
            return try candidates(store, readsAll: age == 0).filter { isWanted($0, age) }.map(\.name)
        }
    }

    /// What is known of all keys: as it was noted, if that is enough and a prompt would be needed to read more. Most of the
    /// time no key is due.
    private func candidates(_ store: any KeyStore, readsAll: Bool) throws(Failure) -> [Candidate] {
        _ = try keys.sessions()
        if !readsAll, try !store.opensUnasked(), store.isListExact, let noted = try keys.index() {
            return noted.compactMap(Candidate.init)
        }
        return try keys.summaries().map(Candidate.init)
    }

    /// A key of the command line. One that is too damaged to read is chosen: its rotation says so.
    private func named(_ name: KeyName) throws(Failure) -> Candidate {
        do throws(Failure) { return Candidate(try keys.storedRecord(name).summary) } catch {
            guard error.code == .damaged else { throw error }
            return Candidate(AccessKeySummary(name: name, accessKeyID: "", createdAt: 0))
        }
    }

    /// It is due, a run was interrupted, or the time that the old key had is over.
    private func isWanted(_ key: Candidate, _ age: Int) -> Bool {
        if KeyAge(createdAt: key.createdAt, now: context.now, limit: age).isDue { return true }
        guard let time = key.unfinishedFrom else { return false }
        return time == 0 || !options.isInGrace(until: UInt64(clamping: time), now: context.now)
    }
}

/// What decides whether a key is chosen.
private struct Candidate {
    let name: KeyName
    let createdAt: Int64
    let unfinishedFrom: Int64?

    init(_ summary: AccessKeySummary) {
        (name, createdAt) = (summary.name, Int64(clamping: summary.createdAt))
        unfinishedFrom = summary.rotation?.unfinishedFrom
    }

    init?(_ key: IndexedKey) {
        guard let name = KeyName(key.name) else { return nil }
        (self.name, createdAt, unfinishedFrom) = (name, key.createdAt, key.unfinishedFrom)
    }
}
