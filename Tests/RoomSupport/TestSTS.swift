import Synchronization
import Times
import Transport

/// Answers as STS does: each session lasts as long as was asked for, and its key names its number: `ASIA000000000001`.
package final class TestSTS: Sendable {
    private struct State {
        var count = 0
        var queue: [ScriptedResponse] = []
        var whileAsked: (@Sendable (SentRequest) -> Void)?
        var ahead: Int64 = 0
    }
    private let state = Mutex(State())
    private let clock: TestClock
    package let sender: ReplayingSender

    package init(_ clock: TestClock) {
        self.clock = clock
        let answer = AnswerBox()
        sender = ReplayingSender { answer.body?($0) ?? .failure(.unreachable(host: "sts", reason: "it has gone")) }
        answer.body = { [weak self] in self?.reply(to: $0) ?? .failure(.unreachable(host: "sts", reason: "it has gone"))
        }
    }

    /// The requests so far.
    package var requests: [SentRequest] { sender.requests }

    /// Their actions, as `AssumeRole`.
    package var actions: [String] { requests.map { $0.form["Action"] ?? "" } }

    /// Answers this to the next requests, in place of a session.
    package func next(_ replies: ScriptedResponse...) { state.withLock { $0.queue += replies } }

    /// Takes back what was to be answered next.
    package func clear() { state.withLock { $0.queue = [] } }

    /// Runs `body` before each answer, as a slow server leaves time for others.
    package func whileAsked(_ body: @escaping @Sendable (SentRequest) -> Void) {
        state.withLock { $0.whileAsked = body }
    }

    /// Its clock is ahead of the machine's by `seconds`, and each answer says so.
    package func setAhead(by seconds: Int64) { state.withLock { $0.ahead = seconds } }

    private func reply(to request: SentRequest) -> ScriptedResponse {
        let (whileAsked, queued, number, ahead) = state.withLock { state in
            let queued = state.queue.isEmpty ? nil : state.queue.removeFirst()
            if queued == nil { state.count += 1 }
            return (state.whileAsked, queued, state.count, state.ahead)
        }
        whileAsked?(request)
        if let queued { return queued }
        let form = request.form
        let action = form["Action"] ?? ""
        if action == "GetCallerIdentity" { return .answer(200, Self.callerIdentity) }
        let seconds = form["DurationSeconds"].flatMap { Int64($0) } ?? (action == "GetSessionToken" ? 43_200 : 3600)
        let time = clock.now + ahead
        return .answer(
            200,
            Self.session(
                action, id: "ASIA" + String(1_000_000_000_000 + number).dropFirst(), until: time + seconds,
                roleARN: form["RoleArn"]),
            date: UnixTime(time).httpDate)
    }

    /// A session as STS gives it.
    package static func session(_ action: String, id: String, until end: Int64, roleARN: String? = nil) -> String {
        let user = roleARN.map { role in
            let parts = role.split(separator: ":", omittingEmptySubsequences: false)
            let account = parts.count > 4 ? parts[4] : "111111111111"
            return "<AssumedRoleUser><Arn>arn:aws:sts::\(account):assumed-role/R/s</Arn></AssumedRoleUser>"
        }
        return """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result>
            \(user ?? "")<Credentials>
            <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>secret-of-\(id)</SecretAccessKey>
            <SessionToken>token-of-\(id)</SessionToken><Expiration>\(UnixTime(end).iso8601)</Expiration>
            </Credentials></\(action)Result></\(action)Response>
            """
    }

    /// A refusal as STS gives it.
    package static func refusal(_ code: String, _ message: String = "no", status: Int = 403) -> ScriptedResponse {
        .answer(
            status,
            """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
            <Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>r-1</RequestId></ErrorResponse>
            """)
    }

    /// That a one-time code is wrong.
    package static var wrongCode: ScriptedResponse {
        refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    }

    private static let callerIdentity = """
        <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/alice</Arn>
        <UserId>AIDAEXAMPLE00000</UserId><Account>111111111111</Account></GetCallerIdentityResult>
        </GetCallerIdentityResponse>
        """
}

/// Lets a sender answer by what is made after it.
private final class AnswerBox: Sendable {
    private let stored = Mutex<(@Sendable (SentRequest) -> ScriptedResponse)?>(nil)
    var body: (@Sendable (SentRequest) -> ScriptedResponse)? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}

extension UnixTime {
    /// As an HTTP header has it (RFC 9110 section 5.6.7).
    package var httpDate: String {
        let fields = fields
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(seconds / 86_400 % 7)]), \(two(fields.day)) \(months[fields.month - 1]) \(fields.year) "
            + "\(two(fields.hour)):\(two(fields.minute)):\(two(fields.second)) GMT"
    }
}
