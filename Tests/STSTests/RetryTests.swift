import STS
import Secrets
import Testing
import Transport

@Suite("Retries")
struct RetryTests {
    static let passing: [Replay.Step] = [
        .answer(500, Sample.error("InternalFailure")), .answer(502, "<html>"), .answer(503, ""),
        .answer(504, Sample.error("x")), .answer(400, Sample.error("Throttling")), .answer(429, Sample.error("x")),
        .answer(400, Sample.error("RequestTimeout")), .answer(400, Sample.error("IDPCommunicationError")),
        .answer(400, Sample.error("PriorRequestNotComplete")), .failure(.unreachable(host: "a", reason: "b")),
        .failure(.timedOut(host: "a", sent: true)), .failure(.interrupted(host: "a", reason: "b", sent: true)),
        .failure(.proxyRefused(status: 503)),
    ]
    static let lasting: [Replay.Step] = [
        .answer(400, Sample.error("ValidationError")), .answer(403, Sample.error("AccessDenied")),
        .answer(403, Sample.error("ExpiredToken")), .answer(403, "<html>"), .answer(200, "<html>"),
        .answer(403, Sample.error("SignatureDoesNotMatch")), .failure(.tls(host: "a", reason: "b")),
        .failure(.tooLarge(host: "a")), .failure(.redirected(host: "a", status: 302)), .failure(.libraryMissing),
        .failure(.proxyRefused(status: 407)), .failure(.unreadableCABundle(path: "a")),
    ]

    private func call(_ replay: Replay, _ clock: TestClock = TestClock(), random: Double = 0.5) throws {
        _ = try STSClient.replaying(replay, clock, random: random).getCallerIdentity(signedBy: key())
    }

    private func callOnce(_ replay: Replay) throws {
        _ = try STSClient.replaying(replay).getSessionToken(signedBy: key(), durationSeconds: 900, mfa: code())
    }

    @Test("follow what may pass, twice, with growing pauses", arguments: passing)
    func retried(step: Replay.Step) throws {
        let clock = TestClock()
        let replay = Replay([step, step, .answer(200, Sample.caller)])
        try call(replay, clock)
        #expect(replay.sent.count == 3)
        #expect(clock.sleeps == [500, 1000])
    }

    @Test("end after the third try", arguments: passing)
    func ended(step: Replay.Step) {
        let replay = Replay([step, step, step, .answer(200, Sample.caller)])
        #expect(throws: STSError.self) { try call(replay) }
        #expect(replay.sent.count == 3)
    }

    @Test("do not follow what will not pass", arguments: lasting)
    func notRetried(step: Replay.Step) {
        let replay = Replay([step, .answer(200, Sample.caller)])
        #expect(throws: STSError.self) { try call(replay) }
        #expect(replay.sent.count == 1)
    }

    @Test("end where the time does")
    func deadline() {
        let step = Replay.Step.failure(.timedOut(host: "a", sent: true))
        let replay = Replay([step, step, .answer(200, Sample.caller)])
        replay.latency = 4900
        #expect(throws: STSError.network(.timedOut(host: "a", sent: true))) { try call(replay, random: 0.1) }
        // 4.9 s, a pause of 0.1 s, 4.9 s: a pause of 0.2 s would end behind the tenth second.
        #expect(replay.sent.count == 2)
    }

    @Test("give a try what is left of the time")
    func remaining() throws {
        let replay = Replay([.answer(500, ""), .answer(500, ""), .answer(200, Sample.caller)])
        replay.latency = 3500
        try call(replay, random: 0)
        #expect(replay.sent.map(\.timeout) == [4000, 4000, 3000])
    }

    @Test("never follow a one-time code that may have arrived", arguments: passing)
    func once(step: Replay.Step) {
        if case .failure(let error) = step, error.isCertainlyUnsent { return }
        let replay = Replay([step, .answer(200, Sample.session())])
        #expect(throws: STSError.self) { try callOnce(replay) }
        #expect(replay.sent.count == 1)
    }

    @Test(
        "follow a one-time code that certainly never left",
        arguments: [
            .unreachable(host: "a", reason: "b"), .timedOut(host: "a", sent: false),
            .interrupted(host: "a", reason: "b", sent: false), .proxyRefused(status: 503),
        ] as [TransportError])
    func unsent(error: TransportError) throws {
        let replay = Replay([.failure(error), .answer(200, Sample.session())])
        try callOnce(replay)
        #expect(replay.sent.count == 2)
        #expect(replay.sent.map(\.isOnce) == [true, true])
    }

    static let skewCodes = [
        "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
        "RequestInTheFuture",
    ]

    @Test("correct a wrong clock once, also under a one-time code", arguments: skewCodes)
    func skew(code: String) throws {
        let refused = Replay.Step.answer(403, Sample.error(code), date: "Sat, 21 Nov 2026 09:00:00 GMT")
        let replay = Replay([refused, .answer(200, Sample.session(), date: "Sat, 21 Nov 2026 09:00:00 GMT")])
        try callOnce(replay)
        #expect(replay.sent.map { $0.headers["X-Amz-Date"] } == ["20261121T080000Z", "20261121T090000Z"])

        let again = Replay([refused, refused, .answer(200, Sample.session())])
        #expect(
            throws: STSError.skewed(
                STSRefusal(code: code, message: "no", status: 403, requestID: "r-2"), offset: 3600)
        ) { try callOnce(again) }
        #expect(again.sent.count == 2)
    }

    @Test(
        "do not blame a clock that is right, or that nobody can tell",
        arguments: ["Sat, 21 Nov 2026 08:04:00 GMT", "Sat, 21 Nov 2026 07:56:00 GMT", "yesterday", nil])
    func noSkew(date: String?) {
        let replay = Replay([
            .answer(403, Sample.error("SignatureDoesNotMatch"), date: date), .answer(200, Sample.session()),
        ])
        #expect(
            throws: STSError.invalidKey(
                STSRefusal(code: "SignatureDoesNotMatch", message: "no", status: 403, requestID: "r-2"))
        ) { try callOnce(replay) }
        #expect(replay.sent.count == 1)
    }
}
