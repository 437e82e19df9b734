import Failures
import Issuing
import Linux
import RoomSupport
import Sessions
import Setup
import Stores
import Synchronization
import Testing
import Threads
import Transport

@Suite("Who is told of another's failure", .waits)
struct SharedFailureTests {
    private let denied = TestSTS.refusal("AccessDenied", "you may not")

    private func lockPath(_ rig: Rig) -> String { rig.home.path + "/.cache/warder/sessions/lock" }

    /// Processes of which all wait while the first one is asked, or asks STS.
    private func crowd(
        _ rig: Rig, _ count: Int, of profile: String = "prod", prompter: @escaping @Sendable (Int) -> ScriptedPrompter
    ) -> [Outcome] {
        let outcomes = Mutex<[Outcome]>([])
        inThreads(count) { index in
            let outcome: Outcome
            do throws(Failure) {
                outcome = .key(try rig.key(of: profile, prompter(index), waits: .patient))
            } catch { outcome = .failed(error.code, error.message) }
            outcomes.withLock { $0.append(outcome) }
        }
        return outcomes.withLock { $0 }
    }

    @Test("a refusal is told to all who waited")
    func waiting() throws {
        let rig = try Rig(Rig.plainProfiles)
        let path = lockPath(rig)
        rig.sts.whileAsked { _ in _ = kernelTellsWaiters && eventually { waiters(on: path) == 7 } }
        rig.sts.next(denied)
        let outcomes = crowd(rig, 8) { _ in ScriptedPrompter() }
        #expect(Set(outcomes.map { "\($0)" }).count == 1)
        #expect(rig.failure()?.code == .refused)
        #expect(rig.sts.actions == ["AssumeRole"])
    }

    @Test("a helper that comes a moment later is told of it, in the same words; a person who tries again is not")
    func later() throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(denied)
        let (first, second) = (rig.failure(), rig.failure())
        #expect(first?.code == .refused)
        #expect(second?.message == first?.message)
        #expect(second?.hint == first?.hint)
        #expect(rig.sts.actions.count == 1)
        #expect(try rig.key(as: .command) == "ASIA000000000001")
        // What failed before is past for all.
        #expect(try rig.key() == "ASIA000000000001")
    }

    @Test("what the network did not bring is told likewise")
    func network() throws {
        let rig = try Rig(Rig.plainProfiles)
        let gone = ScriptedResponse.failure(.unreachable(host: "sts", reason: "no route"))
        rig.sts.next(gone, gone, gone)
        #expect(rig.failure()?.code == .network)
        #expect(rig.failure()?.code == .network)
        #expect(rig.sts.requests.count == 3)
    }

    @Test("what this process alone lacks is told to nobody")
    func own() throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(.failure(.shortage(reason: "too many open files", sent: false)))
        #expect(rig.failure()?.message.contains("too many open files") == true)
        #expect(try rig.key() == "ASIA000000000001")
    }

    @Test("it is not told for ever")
    func forgotten() throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(denied)
        #expect(rig.failure()?.code == .refused)
        var waits = WaitLimits.short
        waits.sharedFailureLifetime = 0
        sleep(milliseconds: 2)
        #expect(try rig.key(waits: waits) == "ASIA000000000001")
    }

    @Test("a process that diagnoses tries for itself, however shortly after")
    func diagnosing() throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(denied)
        #expect(rig.failure()?.code == .refused)
        var waits = WaitLimits.short
        waits.sharedFailureLifetime = nil
        #expect(try rig.key(waits: waits) == "ASIA000000000001")
    }

    @Test(
        "once a file that shapes the request has changed, nobody is told of what was before",
        arguments: [
            ".aws/config", ".aws/credentials", ".config/warder/config",
        ])
    func otherCircumstances(file: String) throws {
        let rig = try Rig(Rig.plainProfiles)
        rig.sts.next(denied)
        #expect(rig.failure()?.code == .refused)
        try rig.home.append("\n# mended\n", to: file)
        #expect(try rig.key() == "ASIA000000000001")
    }

    @Test("who gives a code is told of no other's failure")
    func givenCode() throws {
        let rig = try Rig()
        rig.sts.next(TestSTS.refusal("InternalFailure", status: 500))
        #expect(rig.failure(code: "123456")?.code == .refused)
        #expect(try rig.key(code: "234567") == "ASIA000000000002")
    }

    @Test(
        "that a code of the command line was wrong is not told to others who waited for it",
        .enabled(if: kernelTellsWaiters))
    func wrongGivenCode() throws {
        let rig = try Rig()
        let path = lockPath(rig)
        let asked = Gate()
        rig.sts.whileAsked { request in
            guard request.form["TokenCode"] == "123456" else { return }
            asked.open()
            _ = eventually { waiters(on: path) == 1 }
        }
        rig.sts.next(TestSTS.wrongCode)
        let other = Running { _ = try? rig.key(code: "123456", waits: .patient) }
        asked.wait()
        let prompter = ScriptedPrompter(.code("234567"))
        #expect(try rig.key(prompter, waits: .patient) == "ASIA000000000002")
        other.join()
        #expect(rig.codes == ["123456", "234567"])
    }

    // MARK: - Prompts

    @Test("where nobody could be asked, the next one tries for itself")
    func nobodyThere() throws {
        let rig = try Rig()
        #expect(rig.failure()?.code == .promptNeeded)
        #expect(try rig.key(ScriptedPrompter(.code("123456"))) == "ASIA000000000002")
    }

    private static func unanswered(_ scope: FailureScope) -> Failure {
        var failure = Failure(.promptNeeded, "nobody answered", hint: "answer")
        failure.scope = scope
        return failure
    }

    @Test(
        "a prompt that was sent away is told to those who waited, and to no later one", .enabled(if: kernelTellsWaiters)
    )
    func dismissed() throws {
        let rig = try Rig()
        let path = lockPath(rig)
        let prompters = (0..<5).map { _ in
            ScriptedPrompter(.failure(Self.unanswered(.waiting))) {
                _ = eventually { waiters(on: path) == 4 }
            }
        }
        let outcomes = crowd(rig, 5) { prompters[$0] }
        #expect(outcomes == Array(repeating: .failed(.promptNeeded, "nobody answered"), count: 5))
        #expect(prompters.count { !$0.asked.isEmpty } == 1)
        let later = ScriptedPrompter(.code("123456"))
        #expect(try rig.key(later) == "ASIA000000000002")
    }

    @Test("a prompt that nobody answered in time is told to later helpers that would ask in the same places")
    func timedOut() throws {
        let rig = try Rig()
        #expect(rig.failure(ScriptedPrompter(.failure(Self.unanswered(.latecomers))))?.message == "nobody answered")
        let later = ScriptedPrompter(.code("123456"))
        #expect(rig.failure(later)?.message == "nobody answered")
        #expect(later.asked.isEmpty)
        // A command of the user's asks in another place.
        let person = ScriptedPrompter(.code("123456"))
        #expect(try rig.key(person, as: .command) == "ASIA000000000002")
    }

    @Test("once the settings say another place, a prompt that nobody answered is past")
    func otherPlace() throws {
        let rig = try Rig()
        #expect(rig.failure(ScriptedPrompter(.failure(Self.unanswered(.latecomers))))?.code == .promptNeeded)
        try rig.home.append("handoff_time = 1s\n", to: ".config/warder/config")
        #expect(try rig.key(ScriptedPrompter(.code("123456"))) == "ASIA000000000002")
    }

    @Test("a key that was replaced is tried, whatever was said of the one before")
    func replacedKey() throws {
        let rig = try Rig(Rig.plainProfiles, credentials: "")
        try rig.home.makeVault()
        rig.sts.next(TestSTS.refusal("InvalidClientTokenId"))
        #expect(rig.failure(of: "alice")?.code == .refused)
        #expect(rig.failure(of: "alice")?.code == .refused)
        #expect(rig.sts.actions.count == 1)
        var other = TestKey()
        other.accessKeyID = "AKIAOTHER0000000"
        try Keys(try rig.home.context()).put(try other.record(at: rig.clock.now), replacing: true)
        #expect(try rig.key(of: "alice") == "ASIA000000000001")
    }
}
