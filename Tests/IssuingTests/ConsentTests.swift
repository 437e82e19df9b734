import Failures
import Foundation
import Issuing
import Linux
import RoomSupport
import Setup
import Stores
import Synchronization
import Testing
import Threads

@Suite("A yes, without which nothing is given out", .waits)
struct ConsentTests {
    private func rig(_ lines: String = "warder_confirm = true", settings: String = "") throws -> Rig {
        let rig = try Rig(
            Rig.plainProfiles + "[profile sure]\nrole_arn = \(Rig.admin)\nsource_profile = alice\n" + lines + "\n",
            settings: settings)
        // Answers are shared in the cache, once there is one.
        _ = try Keys(try rig.home.context()).sessions()
        return rig
    }

    @Test("credentials are given out after a yes, each time")
    func yes() throws {
        let rig = try rig()
        for _ in 0..<2 {
            let prompter = ScriptedPrompter(.yes)
            try rig.key(of: "sure", prompter)
            #expect(
                prompter.asked == [
                    .init(kind: .confirmation, profile: "sure", device: nil, note: nil, requiresAnswer: true)
                ])
            #expect(prompter.told == ["+ sure: given out"])
            // The answer is for those who wait while it is given, not for who comes after.
            sleep(milliseconds: 2)
        }
    }

    @Test("without a yes nothing is given out, and nothing is asked of AWS")
    func no() throws {
        let rig = try rig()
        let prompter = ScriptedPrompter(.no)
        let failure = rig.failure(of: "sure", prompter)
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message == "the use of sure was not allowed")
        #expect(prompter.told == ["+ refused"])
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("warder's own use wants none")
    func ownUse() throws {
        let rig = try rig()
        let prompter = ScriptedPrompter()
        _ = try rig.issuer("sure", prompter).unconfirmedCredentials()
        _ = try rig.issuer("sure", prompter).refresh()
        #expect(prompter.asked.isEmpty)
    }

    @Test("with prompts switched off it fails, and says what is wanted")
    func silent() throws {
        let rig = try rig()
        let context = try rig.home.context(noPrompt: true, isHelper: true)
        let failure = failureOf { () throws(Failure) in try Issuer(context, profile: "sure", code: nil).credentials() }
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message.contains("a yes to the use of sure") == true)
        #expect(failure?.hint.contains("warder_callers") == true)
    }

    /// Many processes of one program, which all wait while the one question stands.
    private func crowd(_ rig: Rig, _ count: Int, _ answer: ScriptedPrompter.Answer) -> (asked: Int, outcomes: [Outcome])
    {
        let lock = rig.home.path + "/.cache/warder/sessions/lock"
        let prompters = (0..<count).map { _ in
            ScriptedPrompter(answer) { _ = eventually { waiters(on: lock) == count - 1 } }
        }
        let outcomes = Mutex<[Outcome]>([])
        inThreads(count) { index in
            let outcome: Outcome
            do throws(Failure) {
                outcome = .key(try rig.key(of: "sure", prompters[index], waits: .patient))
            } catch { outcome = .failed(error.code, error.message) }
            outcomes.withLock { $0.append(outcome) }
        }
        return (prompters.reduce(0) { $0 + $1.asked.count }, outcomes.withLock { $0 })
    }

    @Test("a program that starts many is asked about once, and all have the answer", .enabled(if: kernelTellsWaiters))
    func shared() throws {
        let rig = try rig()
        try rig.key(of: "sure", ScriptedPrompter(.yes))
        sleep(milliseconds: 2)
        let (asked, outcomes) = crowd(rig, 8, .yes)
        #expect(asked == 1)
        #expect(outcomes == Array(repeating: .key("ASIA000000000001"), count: 8))
    }

    @Test("so they have a no, and the next one is asked anew", .enabled(if: kernelTellsWaiters))
    func sharedRefusal() throws {
        let rig = try rig()
        let (asked, outcomes) = crowd(rig, 8, .no)
        #expect(asked == 1)
        #expect(Set(outcomes.map { "\($0)" }).count == 1)
        #expect(outcomes.first == .failed(.promptNeeded, "the use of sure was not allowed"))
        sleep(milliseconds: 2)
        try rig.key(of: "sure", ScriptedPrompter(.yes))
    }

    private static var unanswered: ScriptedPrompter.Answer {
        var failure = Failure(.promptNeeded, "nobody answered", hint: "answer")
        failure.scope = .latecomers
        return .failure(failure)
    }

    @Test("a client that tries again is told at once that nobody said yes, for a while")
    func unanswered() throws {
        let rig = try rig()
        #expect(rig.failure(of: "sure", ScriptedPrompter(Self.unanswered))?.message == "nobody answered")
        let again = ScriptedPrompter(.yes)
        let failure = rig.failure(of: "sure", again)
        #expect(failure?.code == .promptNeeded)
        #expect(failure?.message == "a yes to the use of sure is needed, and no answer came in time")
        #expect(again.asked.isEmpty)
        var waits = WaitLimits.short
        waits.sharedFailureLifetime = 0
        sleep(milliseconds: 2)
        try rig.key(of: "sure", again, waits: waits)
        #expect(again.asked.count == 1)
    }

    @Test("a person is asked anew, whatever a helper was not answered")
    func person() throws {
        let rig = try rig()
        #expect(rig.failure(of: "sure", ScriptedPrompter(Self.unanswered)) != nil)
        sleep(milliseconds: 2)
        let person = ScriptedPrompter(.yes)
        try rig.key(of: "sure", person, as: .command)
        #expect(person.asked.count == 1)
    }

    @Test("a program that is named needs no yes; another one does", arguments: [true, false])
    func callers(isNamed: Bool) throws {
        let own = try #require(Caller()?.executable)
        let rig = try rig("warder_callers = /usr/bin/terraform \(isNamed ? own : "/usr/bin/other")")
        let prompter = ScriptedPrompter(.yes)
        try rig.key(of: "sure", prompter)
        #expect(prompter.asked.isEmpty == isNamed)
    }
}
