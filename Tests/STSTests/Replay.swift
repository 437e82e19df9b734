import Foundation
import STS
import Secrets
import Synchronization
import Times
import Transport

/// Answers requests from a script, and remembers them.
final class Replay: HTTPSender {
    enum Step: Sendable {
        case answer(Int, String, date: String? = nil)
        case failure(TransportError)
    }

    struct Sent: Equatable {
        var headers: [String: String]
        var token: Bool
        var body: String
        var timeout: Int
        var isOnce: Bool
    }

    private var script: [Step]
    private(set) var sent: [Sent] = []
    /// Milliseconds that each answer takes.
    var latency: Int64 = 0
    var clock: TestClock?

    init(_ script: [Step]) { self.script = script }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse {
        var body = ""
        switch request.body {
        case .some(let bytes): body = text(bytes)
        case .none: break
        }
        let headers = request.headers.map { ($0.name, $0.value) }
        sent.append(
            Sent(
                headers: Dictionary(headers, uniquingKeysWith: { $0 + "," + $1 }), token: request.secretHeader != nil,
                body: body, timeout: request.timeout, isOnce: request.isOnce))
        clock?.advance(by: latency)
        switch script.isEmpty ? .failure(.unreachable(host: "script", reason: "ended")) : script.removeFirst() {
        case .answer(let status, let body, let date):
            return HTTPResponse(status: status, date: date, contentType: "text/xml", body: secret(body))
        case .failure(let error): throw error
        }
    }
}

/// A clock that stands still except where it is told, and sleeps without waiting.
final class TestClock: Sendable {
    private struct State {
        var uptime: Int64 = 1_000_000
        var sleeps: [Int64] = []
    }
    private let state = Mutex(State())
    /// 2026-11-21T08:00:00Z.
    static let start: Int64 = 1_795_248_000

    var sleeps: [Int64] { state.withLock { $0.sleeps } }
    var uptime: Int64 { state.withLock { $0.uptime } }
    func advance(by milliseconds: Int64) { state.withLock { $0.uptime += milliseconds } }

    func timing(random: Double = 0.5) -> Timing {
        Timing(
            now: { UnixTime(Self.start) }, uptime: { self.uptime },
            sleep: { milliseconds in
                self.state.withLock { $0.sleeps.append(milliseconds) }
                self.advance(by: milliseconds)
            }, random: { random })
    }
}

extension STSClient {
    /// A client of the script, with ten seconds.
    static func replaying(_ replay: Replay, _ clock: TestClock = TestClock(), random: Double = 0.5) throws -> STSClient
    {
        replay.clock = clock
        return STSClient(
            endpoint: try Endpoint(of: .sts, EndpointConfiguration(), environment: { _ in nil }), sender: replay,
            timing: clock.timing(random: random), deadline: clock.uptime + 10_000)
    }
}

func key() -> Credentials {
    Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: secret("s3cr3t"), sessionToken: nil, expiration: nil,
        accountID: nil)
}

func session() -> Credentials {
    Credentials(
        accessKeyID: "ASIAIOSFODNN7EXAMPLE", secret: secret("s3cr3t"), sessionToken: secret("t0ken"),
        expiration: nil, accountID: nil)
}

func code(_ digits: String = "123456") throws -> MFACode {
    try MFACode(serialNumber: "arn:aws:iam::111111111111:mfa/alice", code: secret(digits))
}

func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

func token(of credentials: borrowing Credentials) -> String? {
    switch credentials.sessionToken {
    case .some(let token): text(token)
    case .none: nil
    }
}

let vectors = ProcessInfo.processInfo.environment["WARDER_VECTORS"].map { URL(filePath: $0).appending(path: "sts") }

/// Bodies of responses.
enum Sample {
    static func session(
        action: String = "GetSessionToken", keyID: String = "ASIAIOSFODNN7EXAMPLE", secret: String = "abc/def+g",
        token: String = "AQo\n  XYZ==\n", expiration: String = "2026-11-21T20:00:00Z", more: String = ""
    ) -> String {
        """
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result>\(more)<Credentials>
        <AccessKeyId>\(keyID)</AccessKeyId><SecretAccessKey>\(secret)</SecretAccessKey>
        <SessionToken>\(token)</SessionToken><Expiration>\(expiration)</Expiration>
        </Credentials></\(action)Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
        </\(action)Response>
        """
    }

    static func role(arn: String) -> String {
        session(action: "AssumeRole", more: "<AssumedRoleUser><Arn>\(arn)</Arn></AssumedRoleUser>")
    }

    static func error(_ code: String, _ message: String = "no") -> String {
        """
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
        <Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>r-2</RequestId></ErrorResponse>
        """
    }

    static let caller = """
        <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/alice</Arn>
        <UserId>AIDAEXAMPLE</UserId><Account>111111111111</Account></GetCallerIdentityResult>
        </GetCallerIdentityResponse>
        """
}
