import Failures
import Linux
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
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        // Another run may have finished while this one waited.
        try keys.readAgain()
        for name in names {
            let result: Result<RotationResult, Failure>
            do throws(Failure) { result = .success(try Rotation(name, options, sessions).run()) } catch {
                result = .failure(error)
            }
            try report(name, result)
        }
    }

    /// What a run would do with a key. AWS is asked, and nothing is changed.
    package func plan(_ name: KeyName) throws(Failure) -> RotationPlan {
        try RotationPlan(keys.storedRecord(name), options, sessions)
    }

    /// The keys that are chosen, in the order of the command line or of the store.
    package func chosen(_ choice: RotationChoice) throws(Failure) -> [KeyName] {
        guard let store = try keys.store() else { throw Failure.noStore }
        switch choice {
        case .named(let names, let age):
            var chosen: [KeyName] = []
            for name in names {
                guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
                let summary = try keys.storedRecord(keyName).summary
                let isChosen =
                    age.map { isDue(Int64(clamping: summary.createdAt), $0) || isUnfinished(summary) } ?? true
                if isChosen, !chosen.contains(keyName) { chosen.append(keyName) }
            }
            return chosen
        case .all(let age):
            _ = try keys.sessions()
            let listing = try keys.listing()
            if let failure = listing.failure, (listing.keys ?? []).isEmpty { throw failure }
            // What is noted with a key is read where that takes no prompt: none is due most of the time.
            let isReadable = if age == 0 { true } else { try store.opensUnasked() }
            var chosen: [KeyName] = []
            for key in listing.keys ?? [] {
                guard let name = KeyName(key.name) else { continue }
                guard isReadable || key.createdAt == 0 else {
                    if isDue(key.createdAt, age) { chosen.append(name) }
                    continue
                }
                let summary = try keys.storedRecord(name).summary
                if isDue(Int64(clamping: summary.createdAt), age) || isUnfinished(summary) { chosen.append(name) }
            }
            return chosen
        }
    }

    private func isDue(_ createdAt: Int64, _ age: Int) -> Bool {
        KeyAge(createdAt: createdAt, now: context.now, limit: age).isDue
    }

    /// A run was interrupted, or the time that the old key had is over.
    private func isUnfinished(_ summary: AccessKeySummary) -> Bool {
        switch summary.rotation {
        case nil, .kept, .unknown: false
        case .replaced(_, let retireAt, _): !options.isInGrace(until: retireAt, now: context.now)
        case .requested, .created, .discarding: true
        }
    }
}
