import AuditLog
import Failures
import Setup

/// Verifies the log by what the store knows of it.
package struct LogChecking {
    private let keys: Keys
    private let log: AuditLog

    /// A check of this home's log, whether or not more is written to it.
    package init(_ keys: Keys) {
        self.keys = keys
        log = keys.context.log
    }

    /// What came of it. The store is opened for it; a beginning that waits to be stored goes there.
    package func verdict() throws(Failure) -> LogVerdict {
        let present = try inLog { () throws(LogError) in try log.identifier() }
        let starts = try starts()
        let home = log.home
        let isReplaced = starts.contains { $0.start.home == home && $0.start.identifier != present }
        if let present {
            guard !isReplaced else { return .bad(.foreign, file: log.folder.seal, line: 0) }
            if let own = starts.first(where: { $0.start.identifier == present }) { return try verdict(own.copy()) }
            if let waiting = log.waitingStart(), waiting.identifier == present { return try verdict(waiting) }
            return .bad(.foreign, file: log.folder.seal, line: 0)
        }
        guard isReplaced || !log.folder.present.isEmpty else {
            throw Failure(.notFound, "there is no log yet", hint: "it begins with the next answer, unless log = off")
        }
        return .bad(.noSeal, file: log.folder.seal, line: 0)
    }

    /// Begins the log anew, and makes the store forget the one before.
    package func beginAnew() throws(Failure) {
        guard keys.context.events.files != nil else {
            throw Failure(.usage, "the log is off", hint: "take log = off out of warder's settings")
        }
        if try hasStore() { _ = try starts() }
        let now = keys.context.now
        try inLog { () throws(LogError) in try log.beginAnew(at: now) }
        guard try hasStore() else { return }
        try keys.following { (store) throws(Failure) in try store.keepLogStart(droppingOthers: true) }
    }

    private func hasStore() throws(Failure) -> Bool {
        guard let store = try keys.store() else { return false }
        return try !store.isEmptyForNow()
    }

    /// Where each log began that the store knows of; none where there is no store.
    private func starts() throws(Failure) -> [SharedLogStart] {
        guard try hasStore() else { return [] }
        try keys.sessionKey.refuseIfHeld()
        try keys.following { (store) throws(Failure) in
            let wasOpen = store.isOpen
            _ = try store.logStarts()
            if !wasOpen, store.isOpen { try keys.settle() }
        }
        if log.mayHaveWaitingStart {
            // A store that cannot be written at this moment gets it later.
            try? keys.following { (store) throws(Failure) in try store.keepLogStart(droppingOthers: false) }
        }
        return try keys.following { (store) throws(Failure) in try store.logStarts() }
    }

    private func verdict(_ start: consuming LogStart) throws(Failure) -> LogVerdict {
        let (start, now) = (SharedLogStart(start), keys.context.now)
        return try inLog { () throws(LogError) in try log.verdict(startedBy: start.start, at: now) }
    }

    private func inLog<R>(_ work: () throws(LogError) -> R) throws(Failure) -> R {
        do throws(LogError) { return try work() } catch { throw Failure(error) }
    }
}
