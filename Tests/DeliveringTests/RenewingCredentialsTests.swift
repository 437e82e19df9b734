import Issuing
import Linux
import Secrets
import Serving
import Synchronization
import Testing
import Times

@testable import Delivering

/// One hour is left of each session that a renewal brings, sixteen minutes of it are its margin.
@Suite("Credentials that renew themselves")
struct RenewingCredentialsTests {
    @Test func areServedWhileTheyLast() throws {
        let server = try Server()
        #expect(server.supplied == "first")
        server.pass(seconds: 2600)
        #expect(server.supplied == "first" && server.renewals.isEmpty)
    }

    /// Whoever asks gets the present ones at once, and the next ones as soon as they are there.
    @Test func areRenewedBesideWhatIsServed() throws {
        let server = try Server()
        server.pass(seconds: 2700)
        #expect(server.supplied == "first")
        #expect(server.renewals.count == 1 && server.credentials.watched == 7)
        #expect(server.supplied == "first" && server.renewals.count == 1)
        server.answer("second")
        #expect(server.supplied == "second" && server.credentials.watched == nil)
        #expect(server.words.first == ["warder", "renew-served", "--folder=/w", "--margin", "960", "--", "prod"])
        #expect(server.inputs.first == String(repeating: "0", count: 64) + "\n")
    }

    @Test func whatHasNotSaidAllIsWaitedFor() throws {
        let server = try Server()
        server.pass(seconds: 2700)
        _ = server.supplied
        server.renewals[0].isOver = false
        server.credentials.proceed()
        #expect(server.credentials.watched == 7 && server.supplied == "first")
    }

    @Test func areWaitedForOnceTheyHaveEnded() throws {
        let server = try Server()
        server.pass(seconds: 3600)
        #expect(server.supplied == "later")
        server.answer("second")
        #expect(server.supplied == "second")
    }

    /// With two seconds left a request could not be signed any more.
    @Test func endTwoSecondsBeforeTheirEnd() throws {
        let server = try Server()
        server.pass(seconds: 3598)
        #expect(server.supplied == "first")
        server.pass(seconds: 1)
        #expect(server.supplied == "later")
    }

    /// Nobody is there to be asked by a renewal that nobody waits for.
    @Test func areRenewedAheadOnlyWhereSomebodyHasAsked() throws {
        let server = try Server()
        server.pass(seconds: 2700)
        server.credentials.tick()
        #expect(server.renewals.isEmpty)
        server.pass(seconds: -2700)
        _ = server.supplied
        server.pass(seconds: 2700)
        server.credentials.tick()
        #expect(server.words.first?.contains("--no-prompt") == true)
        server.credentials.tick()
        #expect(server.renewals.count == 1)
    }

    @Test func aFailureIsSaidInItsOwnWords() throws {
        let server = try Server()
        server.pass(seconds: 3600)
        _ = server.supplied
        server.answer("the vault is \"locked\"\nhint: …\n", isGood: false)
        #expect(server.supplied == "warder: the vault is \\\"locked\\\"")
        // Asked again at once it would fail again.
        server.pass(seconds: 2)
        #expect(server.supplied.hasPrefix("warder: ") && server.renewals.count == 1)
        server.pass(seconds: 1)
        #expect(server.supplied == "later" && server.renewals.count == 2)
    }

    @Test(arguments: [("", false), ("no line end", false), ("not two lines\n", true), ("", true)])
    func whatSaysNothingOfUseHasFailed(_ text: String, _ isGood: Bool) throws {
        let server = try Server()
        server.pass(seconds: 3600)
        _ = server.supplied
        server.answer(text, isGood: isGood)
        #expect(server.supplied == "warder: the renewal failed")
    }

    /// What still lasts is served on, and nothing is tried again for a minute.
    @Test func aFailureAheadCostsNothing() throws {
        let server = try Server()
        server.pass(seconds: 2700)
        _ = server.supplied
        server.answer("no\n", isGood: false)
        #expect(server.supplied == "first" && server.renewals.count == 1)
        server.pass(seconds: 59)
        #expect(server.supplied == "first" && server.renewals.count == 1)
        server.pass(seconds: 1)
        #expect(server.supplied == "first" && server.renewals.count == 2)
    }

    @Test func aRenewalTakesThreeMinutesAtMost() throws {
        let server = try Server()
        server.pass(seconds: 3600)
        _ = server.supplied
        server.pass(seconds: 179)
        server.credentials.tick()
        #expect(server.supplied == "later")
        server.pass(seconds: 1)
        server.credentials.tick()
        #expect(server.credentials.watched == nil)
        #expect(server.supplied == "warder: the renewal took too long")
    }

    @Test func whatCannotBeStartedHasFailed() throws {
        let server = try Server()
        server.canStart = false
        server.pass(seconds: 3600)
        #expect(server.supplied == "warder: the renewal could not be started")
    }

    /// Before anything has failed there is nothing else to say.
    @Test func whereNobodyMayBeAskedNobodyIs() throws {
        let server = try Server(mayPrompt: false)
        server.pass(seconds: 2700)
        _ = server.supplied
        #expect(server.words.first?.contains("--no-prompt") == true)
    }
}

/// Credentials of `prod` with a clock of the test's own, and renewals that it answers.
private final class Server {
    private final class Clock: Sendable {
        let seconds = Mutex<Int64>(0)
    }

    private let clock = Clock()
    private let started = Started()
    let credentials: RenewingCredentials

    var renewals: [FakeRenewal] { started.renewals }
    var words: [[String]] { started.words }
    var inputs: [String] { started.inputs }
    var canStart: Bool {
        get { started.canStart }
        set { started.canStart = newValue }
    }

    init(mayPrompt: Bool = true) throws {
        let (clock, started) = (clock, started)
        let timing = Timing(
            now: { UnixTime(clock.seconds.withLock { $0 }) }, uptime: { 0 }, sleep: { _ in }, random: { 0 })
        guard let first = ServedCredentials(secret("3600 960\nfirst")) else { throw CancellationError() }
        credentials = RenewingCredentials(
            first, renewedBy: RenewalRequest(profile: "prod", margin: 960, mayPrompt: mayPrompt, narrowing: .none),
            .blank, in: "/w", timing, uptime: { clock.seconds.withLock { $0 * 1000 } }
        ) { (words, input: borrowing SecretBytes) throws(ChildError) in try started.start(words, input) }
    }

    func pass(seconds: Int64) { clock.seconds.withLock { $0 += seconds } }

    /// Ends the renewal under way: well, with an hour of `json`, or with these words.
    func answer(_ text: String, isGood: Bool? = nil) {
        guard let renewal = renewals.last else { return }
        let now = clock.seconds.withLock { $0 }
        (renewal.text, renewal.isGood) = (isGood == nil ? "\(now + 3600) 960\n\(text)" : text, isGood ?? true)
        credentials.proceed()
    }

    /// What a request is told: the credentials, `later`, or why there are none.
    var supplied: String {
        switch credentials.supply() {
        case .credentials(let json): return json.shown
        case .later: return "later"
        case .unavailable(let json):
            let text = json.shown
            let start = "{\"code\":\"CredentialsUnavailable\",\"message\":\""
            guard text.hasPrefix(start), text.hasSuffix("\"}\n") else { return text }
            return String(text.dropFirst(start.count).dropLast(3))
        }
    }
}

private final class FakeRenewal: Renewal {
    var text = ""
    var isGood = true
    var isOver = true
    let descriptor: Int32 = 7

    func listen() -> Bool { isOver }
    func finish() -> Bool { isGood }
    func printed() -> SecretBytes { secret(text) }
}

/// The renewals that were started.
private final class Started {
    var renewals: [FakeRenewal] = []
    var words: [[String]] = []
    var inputs: [String] = []
    var canStart = true

    func start(_ words: [String], _ input: borrowing SecretBytes) throws(ChildError) -> any Renewal {
        guard canStart else { throw .notStarted(program: "warder", code: 24) }
        self.words.append(words)
        inputs.append(input.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        let renewal = FakeRenewal()
        renewals.append(renewal)
        return renewal
    }
}
