import Failures
import Linux
import Sessions
import Text

/// How an issuer shares work with other processes: it waits for a process that makes the same session, and failures are
/// shared.
extension Issuer {
    /// Acquires the lock of an entry.
    ///
    /// - Parameters:
    ///   - hasOther: the entry's old session will do, if it is still valid.
    ///   - waiting: what to wait for while another process makes the session.
    ///   - start: when the first wait began: a second one ends when the first would have.
    func lock(
        _ name: String, _ sessions: borrowing SessionCache, hasOther: Bool, waiting: LockWait, since start: Deadline
    ) throws(Failure) -> BestEffortLock {
        let hasOld: Bool
        if hasOther, try cached(name, sessions) != nil { hasOld = true } else { hasOld = false }
        if hasOld {
            return try lock(name, sessions, waiting, until: start + keys.context.waits.withOldSession)
        }
        // If the wait is longer than AWS usually takes, the user is told what warder is waiting for.
        if !keys.context.isHelper, keys.context.mayPrompt {
            if let quick = try freeLock(name, sessions, waiting, since: start) { return quick }
            if !hasSaidItWaits {
                keys.context.console.note(
                    "another warder is making this session; if it waits for an answer: warder mfa")
            }
            hasSaidItWaits = true
        }
        return try lock(name, sessions, waiting, until: timeout(since: start))
    }

    /// The lock, if it becomes free before the wait is long enough to mention.
    private func freeLock(
        _ name: String, _ sessions: borrowing SessionCache, _ waiting: LockWait, since start: Deadline
    ) throws(Failure) -> BestEffortLock? {
        do throws(SessionCacheError) {
            return try sessions.lock(name, waiting: waiting, until: start + keys.context.waits.beforeNotice)
        } catch {
            guard error == .busy else { throw Failure(error) }
            return nil
        }
    }

    private func lock(
        _ name: String, _ sessions: borrowing SessionCache, _ waiting: LockWait, until deadline: Deadline
    ) throws(Failure) -> BestEffortLock {
        do throws(SessionCacheError) {
            return try sessions.lock(name, waiting: waiting, until: deadline)
        } catch {
            guard error == .busy else { throw Failure(error) }
            throw Failure(
                .promptNeeded, "another warder is renewing this session, and has not finished",
                hint: "answer its prompt (warder mfa), or see which it is: fuser -v "
                    + shellWord(keys.context.paths.sessions + "/lock"))
        }
    }

    /// The deadline of waiting for an entry's lock. Its holder may be waiting for the user to type a code; only a
    /// caller that may prompt has time for that.
    private func timeout(since start: Deadline) -> Deadline {
        guard !keys.context.mayPrompt else { return start + keys.context.waits.whilePrompting }
        // All steps together: a process that does not prompt returns within ten seconds.
        if let hurriedUntil { return hurriedUntil }
        let deadline = Deadline.after(milliseconds: keys.context.waits.withoutPrompt)
        hurriedUntil = deadline
        return deadline
    }

    /// Another process's recent failure, if it applies to this one too.
    func sharedFailure(
        _ name: String, _ sessions: borrowing SessionCache, since start: Deadline
    ) throws(Failure) -> Failure? {
        // A user who gives a code wants it tried.
        guard !codes.isGiven, let lifetime = keys.context.waits.sharedFailureLifetime, let boot = bootIdentifier()
        else { return nil }
        let found: SharedFailure?
        do throws(SessionCacheError) { found = try sessions.failure(name, boot: boot) } catch { throw Failure(error) }
        guard let found, let code = ExitCode(rawValue: Int32(clamping: found.code)) else { return nil }
        let lateness = keys.context.isHelper ? lifetime : 0
        let answers = found.answers(waitingSince: start, lateness: lateness, now: .now) { audience in
            sessions.digest(circumstances(for: audience))
        }
        guard answers else { return nil }
        // A user at their own terminal is prompted there, whatever happened to a prompt elsewhere.
        if code == .promptNeeded, !keys.context.isHelper, keys.context.canAsk { return nil }
        var failure = Failure(code, found.message, hint: found.hint)
        failure.scope = FailureScope(found.audience)
        failure.moment = found.moment
        return failure
    }

    /// Records a failure for the other processes that it applies to.
    func note(_ failure: Failure, _ name: String, _ sessions: borrowing SessionCache) {
        // A wrong code on this command line says nothing about other processes' codes. Nor does a failure in a process
        // that was stopped meanwhile.
        guard let audience = failure.audience, !hadCode || failure.scope == .latecomers, !sessionMaker.wasStopped,
            let boot = bootIdentifier()
        else { return }
        let shared = SharedFailure(
            code: UInt64(failure.code.rawValue), message: failure.message, hint: failure.hint,
            moment: failure.moment, audience: audience,
            circumstances: sessions.digest(circumstances(for: audience)))
        try? sessions.note(shared, name, boot: boot, random: keys.context.random)
    }
}

extension FailureScope {
    fileprivate init(_ audience: SharedFailure.Audience) {
        switch audience {
        case .alike, .waiting: self = .waiting
        case .alikeAndLater, .waitingAndLater: self = .latecomers
        }
    }
}

extension Failure {
    /// The other processes that the failure applies to; nil for none.
    fileprivate var audience: SharedFailure.Audience? {
        let isPersons = code == .promptNeeded
        return switch scope {
        case .nobody: nil
        case .waiting: isPersons ? .waiting : .alike
        case .latecomers: isPersons ? .waitingAndLater : .alikeAndLater
        }
    }
}
