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
    ) throws(Failure) -> PossibleLock {
        let hasOld: Bool
        if hasOther, try cached(name, sessions) != nil { hasOld = true } else { hasOld = false }
        if hasOld { return try lock(name, sessions, until: .after(milliseconds: Waiting.withSomethingToServe)) }
        // A person is told what there is to wait for, if it takes longer than AWS does as a rule.
        if !keys.context.isHelper, keys.context.mayPrompt {
            if let quick = try freeLock(name, sessions) { return quick }
            warder.note("another warder is making this session; if it waits for an answer: warder mfa")
        }
        return try lock(name, sessions, until: patience)
    }

    /// The lock, if nobody holds it for longer than is worth a word.
    private func freeLock(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> PossibleLock? {
        do throws(SessionCacheError) {
            return try sessions.lock(name, until: .after(milliseconds: Waiting.unseen))
        } catch {
            guard error == .busy else { throw Failure(error) }
            return nil
        }
    }

    private func lock(
        _ name: String, _ sessions: borrowing SessionCache, until deadline: Deadline
    ) throws(Failure) -> PossibleLock {
        do throws(SessionCacheError) { return try sessions.lock(name, until: deadline) } catch {
            guard error == .busy else { throw Failure(error) }
            throw Failure(
                .promptNeeded, "another warder is renewing this session, and has not finished",
                hint: "answer its prompt (warder mfa), or see which it is: fuser -v "
                    + shellWord(keys.context.places.sessions + "/lock"))
        }
    }

    /// Until when the lock of an entry is waited for. Whoever holds it may be waiting for somebody to type a code, which
    /// only a caller has the time for that may be asked itself.
    private var patience: Deadline {
        guard !keys.context.mayPrompt else { return .after(milliseconds: Waiting.whileSomebodyIsAsked) }
        // All the steps together: a process that asks nobody is back within ten seconds.
        if let hurriedUntil { return hurriedUntil }
        let deadline = Deadline.after(milliseconds: Waiting.whileNobodyIs)
        hurriedUntil = deadline
        return deadline
    }

    /// How long others are waited for, in milliseconds.
    enum Waiting {
        /// As long as a prompt stands, and the requests after it.
        static let whileSomebodyIsAsked: Int64 = 150_000
        /// As long as AWS may take to answer (`Calls`).
        static let whileNobodyIs: Int64 = 9_600
        /// The same of a sign-in's token, which is then still to be used for credentials.
        static let whileATokenIsRenewed: Int64 = 9_000
        /// As long as a browser may take to come back.
        static let whileSomebodySignsIn: Int64 = 300_000
        /// While there is an old session to serve: as long as a renewal takes that asks nobody.
        static let withSomethingToServe: Int64 = 1_000
        /// Without a word, where a person waits.
        static let unseen: Int64 = 2_000
        /// How long after a failure of AWS or of the network a helper is told of it, rather than to try itself.
        static let withFailures: Int64 = 5_000
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
        let lateness = keys.context.isHelper ? Waiting.withFailures : 0
        let answers = found.answers(waitingSince: start, lateness: lateness, now: .now) { audience in
            sessions.digest(circumstances(for: audience))
        }
        guard answers else { return nil }
        // Somebody at a terminal of their own is asked there, whatever became of a prompt elsewhere.
        if code == .promptNeeded, !keys.context.isHelper, keys.context.canAsk { return nil }
        var failure = Failure(code, found.message, hint: found.hint)
        failure.reach = Reach(found.audience)
        failure.moment = found.moment
        return failure
    }

    /// Notes a failure for the others that it answers.
    func note(_ failure: Failure, _ name: String, _ sessions: borrowing SessionCache) {
        // That a code of this command line was wrong says nothing of the others'; nor does what a process met that was
        // stopped meanwhile.
        guard let audience = failure.audience, !hadCode || failure.reach == .latecomers, !minter.wasStopped,
            let boot = bootIdentifier()
        else { return }
        let shared = SharedFailure(
            code: UInt64(failure.code.rawValue), message: failure.message, hint: failure.hint,
            moment: failure.moment, audience: audience,
            circumstances: sessions.digest(circumstances(for: audience)))
        try? sessions.note(shared, name, boot: boot, random: .system)
    }
}

extension Reach {
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
        return switch reach {
        case .nobody: nil
        case .waiting: isPersons ? .waiting : .alike
        case .latecomers: isPersons ? .waitingAndLater : .alikeAndLater
        }
    }
}
