import Failures
import Linux
import Sessions
import Text

/// What an issuer does because it is not the only one: it waits for those who make the same session, and shares failures
/// with them.
extension Issuer {
    /// Takes the lock of an entry.
    ///
    /// - Parameter hasOther: the entry's old session will do, if it has one that is still good.
    func lock(
        _ name: String, _ sessions: borrowing SessionCache, hasOther: Bool
    ) throws(Failure) -> BestEffortLock {
        let hasOld: Bool
        if hasOther, try cached(name, sessions) != nil { hasOld = true } else { hasOld = false }
        if hasOld {
            return try lock(name, sessions, until: .after(milliseconds: keys.context.waits.withOldSession))
        }
        // A person is told what there is to wait for, if it takes longer than AWS does as a rule.
        if !keys.context.isHelper, keys.context.mayPrompt {
            if let quick = try freeLock(name, sessions) { return quick }
            keys.context.console.note("another warder is making this session; if it waits for an answer: warder mfa")
        }
        return try lock(name, sessions, until: timeout)
    }

    /// The lock, if nobody holds it for longer than is worth a word.
    private func freeLock(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> BestEffortLock? {
        do throws(SessionCacheError) {
            return try sessions.lock(name, until: .after(milliseconds: keys.context.waits.beforeNotice))
        } catch {
            guard error == .busy else { throw Failure(error) }
            return nil
        }
    }

    private func lock(
        _ name: String, _ sessions: borrowing SessionCache, until deadline: Deadline
    ) throws(Failure) -> BestEffortLock {
        do throws(SessionCacheError) { return try sessions.lock(name, until: deadline) } catch {
            guard error == .busy else { throw Failure(error) }
            throw Failure(
                .promptNeeded, "another warder is renewing this session, and has not finished",
                hint: "answer its prompt (warder mfa), or see which it is: fuser -v "
                    + shellWord(keys.context.paths.sessions + "/lock"))
        }
    }

    /// Until when the lock of an entry is waited for. Whoever holds it may be waiting for somebody to type a code, which
    /// only a caller has the time for that may be asked itself.
    private var timeout: Deadline {
        guard !keys.context.mayPrompt else { return .after(milliseconds: keys.context.waits.whilePrompting) }
        // All the steps together: a process that asks nobody is back within ten seconds.
        if let hurriedUntil { return hurriedUntil }
        let deadline = Deadline.after(milliseconds: keys.context.waits.withoutPrompt)
        hurriedUntil = deadline
        return deadline
    }

    /// How another process failed a moment ago, if that answers this one too.
    func sharedFailure(
        _ name: String, _ sessions: borrowing SessionCache, since start: Deadline
    ) throws(Failure) -> Failure? {
        // Whoever gives a code wants it tried.
        guard !codes.isGiven, let boot = bootIdentifier() else { return nil }
        let found: SharedFailure?
        do throws(SessionCacheError) { found = try sessions.failure(name, boot: boot) } catch { throw Failure(error) }
        guard let found, let code = ExitCode(rawValue: Int32(clamping: found.code)) else { return nil }
        let lateness = keys.context.isHelper ? keys.context.waits.sharedFailureLifetime : 0
        let answers = found.answers(waitingSince: start, lateness: lateness, now: .now) { audience in
            sessions.digest(circumstances(for: audience))
        }
        guard answers else { return nil }
        // Somebody at a terminal of their own is asked there, whatever became of a prompt elsewhere.
        if code == .promptNeeded, !keys.context.isHelper, keys.context.canAsk { return nil }
        var failure = Failure(code, found.message, hint: found.hint)
        failure.scope = FailureScope(found.audience)
        failure.moment = found.moment
        return failure
    }

    /// Notes a failure for the others that it answers.
    func note(_ failure: Failure, _ name: String, _ sessions: borrowing SessionCache) {
        // That a code of this command line was wrong says nothing of the others'; nor does what a process met that was
        // stopped meanwhile.
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
    /// Whom it answers beside this process; nil for nobody.
    fileprivate var audience: SharedFailure.Audience? {
        let isPersons = code == .promptNeeded
        return switch scope {
        case .nobody: nil
        case .waiting: isPersons ? .waiting : .alike
        case .latecomers: isPersons ? .waitingAndLater : .alikeAndLater
        }
    }
}
