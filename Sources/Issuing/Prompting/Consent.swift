import AuditLog
import Chains
import Crypto
import Failures
import Linux
import Prompt
import Secrets
import Sessions
import Stores
import Text

/// The confirmation that a profile with `warder_confirm` requires before its credentials are given out.
///
/// Processes of one program that wait for the same question share its answer: a build tool's forty processes cause one
/// question.
struct Consent {
    let chain: Chain
    let keys: Keys
    let prompter: any Prompter

    /// Returns if the credentials may be given out.
    func obtain() throws(Failure) {
        guard chain.confirmation.isWanted else { return }
        let caller = Caller()
        if caller?.match(among: chain.confirmation.callers) == .runsOne { return }
        let start = Deadline.now
        keys.lookAgain()
        // Without a cache, the answer cannot be shared.
        guard let caller, let sessions = try keys.unlockedSessions() else { return try ask(caller) }
        let name = try name(sessions, caller)
        let lock = try lock(name, sessions)
        defer { withExtendedLifetime(lock) {} }
        if let answer = try shared(name, sessions, since: start) {
            guard answer == .yes else { throw refused(answer) }
            return
        }
        do throws(Failure) { try ask(caller) } catch {
            switch error.scope {
            case .nobody: break
            case .waiting: share(.no, name, sessions)
            case .latecomers: share(.unanswered, name, sessions)
            }
            throw error
        }
        share(.yes, name, sessions)
    }

    private func ask(_ caller: Caller?) throws(Failure) {
        guard case .runsFormer(let path) = caller?.match(among: chain.confirmation.callers) else {
            return try ask(caller, note: nil)
        }
        do throws(Failure) { try ask(caller, note: "it runs another file than \(path)") } catch {
            guard error.cause != .stopped else { throw error }
            var failure = Failure(
                error.code, "\(error.message): process \(caller?.process ?? 0) runs another file than \(path) is now",
                hint: "start that program again if it was upgraded meanwhile, or \(error.hint)", cause: error.cause)
            failure.scope = error.scope
            throw failure
        }
    }

    private func ask(_ caller: Caller?, note: String?) throws(Failure) {
        let reply = try prompter.ask(
            UserRequest(.confirmation, profile: chain.profile, caller: caller, note: note)
        ) { _ in nil }
        guard case .yes = consume reply else {
            prompter.conclude("refused", succeeded: true)
            throw refused(.no)
        }
        prompter.conclude("\(chain.profile): given out", succeeded: true)
        keys.context.record(Event(.confirmed, profile: chain.profile))
    }

    /// The outcome of the question.
    private enum Decision: String {
        case yes, no
        /// No answer arrived in time.
        case unanswered
    }

    private func refused(_ answer: Decision) -> Failure {
        var failure =
            answer == .unanswered
            ? Failure(
                .timedOut, askingFor: "a yes to the use of \(chain.profile)", profile: chain.profile, isCode: false)
            : Failure(
                .promptNeeded, "the use of \(chain.profile) was not allowed", hint: "run it again, and say yes",
                cause: .declined)
        failure.scope = .waiting
        return failure
    }

    // MARK: - Sharing the answer

    private func name(_ sessions: borrowing SessionCache, _ caller: Caller) throws(Failure) -> String {
        // A process may exec another program.
        let program = caller.executable ?? caller.name
        let identity =
            "consent v1 \(chain.profile.utf8.count) \(chain.profile) \(caller.process) \(caller.started) \(program)"
        do throws(SessionCacheError) { return try sessions.name(of: Array(identity.utf8)) + ".consent" } catch {
            throw Failure(error)
        }
    }

    private func lock(_ name: String, _ sessions: borrowing SessionCache) throws(Failure) -> BestEffortLock {
        let timeout =
            keys.context.mayPrompt ? keys.context.waits.whilePrompting : keys.context.waits.withoutPrompt
        do throws(SessionCacheError) {
            return try sessions.lock(name, until: .after(milliseconds: timeout))
        } catch { throw Failure(error) }
    }

    /// The answer that was given while this process waited; nil if there was none.
    private func shared(
        _ name: String, _ sessions: borrowing SessionCache, since start: Deadline
    ) throws(Failure) -> Decision? {
        let text: SecretBytes?
        do throws(SessionCacheError) { text = try sessions.secret(name) } catch { throw Failure(error) }
        guard let text else { return nil }
        let words = text.text(0..<text.count).utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
        guard words.count == 3, words[1].isSame(as: bootIdentifier() ?? ""), let moment = Int64(words[2]) else {
            return nil
        }
        let given = Deadline(milliseconds: moment)
        guard given <= .now, let answer = Decision(rawValue: String(words[0])) else { return nil }
        // A client that tries again should not wait as long each time.
        let isLate = answer == .unanswered && keys.context.isHelper
        let lateness = isLate ? keys.context.waits.sharedFailureLifetime ?? 0 : 0
        return given >= start || start.milliseconds - given.milliseconds <= lateness ? answer : nil
    }

    private func share(_ answer: Decision, _ name: String, _ sessions: borrowing SessionCache) {
        guard let boot = bootIdentifier() else { return }
        var text = SecretBytes(capacity: 96)
        text.append("\(answer.rawValue) \(boot) \(Deadline.now.milliseconds)")
        try? sessions.publish(secret: text, name, until: keys.context.now + 60, random: keys.context.random)
    }
}
