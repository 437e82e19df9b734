import STS
import Secrets
import Servers
import Testing
import Times
import Transport

@Suite("AssumeRoleWithWebIdentity")
struct WebIdentityTests {
    private let request = AssumeRoleRequest(roleARN: "arn:aws:iam::222222222222:role/Deploy", sessionName: "ci")

    private func call(_ replay: Replay, _ clock: TestClock = TestClock()) throws -> Credentials {
        try STSClient.replaying(replay, clock).assumeRoleWithWebIdentity(request, token: secret("ey.J+/=.x"))
    }

    private static func answer() -> Replay.Step {
        let arn = "arn:aws:sts::222222222222:assumed-role/Deploy/ci"
        return .answer(
            200,
            Sample.session(
                action: "AssumeRoleWithWebIdentity",
                more: "<AssumedRoleUser><Arn>\(arn)</Arn></AssumedRoleUser><Provider>p</Provider>"))
    }

    @Test("carries the token, which stands for a signature, and nothing that it does not know")
    func sent() throws {
        var request = request
        request.durationSeconds = 900
        request.policy = "{}"
        request.policyARNs = ["p1"]
        request.externalID = "e"
        request.tags = [AssumeRoleTag(key: "k", value: "v")]
        request.transitiveTagKeys = ["k"]
        request.sourceIdentity = "s"
        let replay = Replay([Self.answer()])
        let credentials = try STSClient.replaying(replay)
            .assumeRoleWithWebIdentity(request, token: secret("ey.J+/=.x"))
        #expect(text(credentials.secret) == "abc/def+g")
        #expect(token(of: credentials) == "AQoXYZ==")
        #expect(credentials.accountID == "222222222222")
        let sent = try #require(replay.sent.first)
        #expect(
            sent.body.split(separator: "&") == [
                "Action=AssumeRoleWithWebIdentity", "Version=2011-06-15",
                "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FDeploy", "RoleSessionName=ci",
                "DurationSeconds=900", "Policy=%7B%7D", "PolicyArns.member.1.arn=p1",
                "WebIdentityToken=ey.J%2B%2F%3D.x",
            ])
        #expect(sent.headers == ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"])
        #expect(!sent.token && !sent.isOnce)
    }

    @Test("is tried again where the provider was not reached, or the service failed")
    func retried() throws {
        let clock = TestClock()
        let replay = Replay([
            .answer(400, Sample.error("IDPCommunicationError")), .answer(503, ""), Self.answer(),
        ])
        #expect(try call(replay, clock).accessKeyID == "ASIAIOSFODNN7EXAMPLE")
        #expect(clock.sleeps == [500, 1000])
        #expect(replay.sent[0] == replay.sent[1] && replay.sent[1] == replay.sent[2])
    }

    @Test(
        "is not tried again after a refusal, and the token is not repeated",
        arguments: [
            ("InvalidIdentityToken", 400), ("IDPRejectedClaim", 403), ("ExpiredTokenException", 400),
            ("AccessDenied", 403),
        ])
    func refused(code: String, status: Int) throws {
        let replay = Replay([.answer(status, Sample.error(code, "bad: ey.J+/=.x")), Self.answer()])
        let refusal = STSRefusal(code: code, message: "", status: status, requestID: "r-2")
        let expected: STSError =
            switch code {
            case "ExpiredTokenException": .expiredToken(refusal)
            case "AccessDenied": .accessDenied(refusal)
            default: .refused(refusal)
            }
        #expect(throws: expected) { _ = try call(replay) }
        #expect(replay.sent.count == 1)
    }

    @Test("is answered by a server", .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
    func server() throws {
        let server = try Server("recording_sts.py")
        let url = server.url("/")
        let client = STSClient(
            endpoint: try Endpoint(
                of: .sts, EndpointConfiguration(), environment: { $0 == "AWS_ENDPOINT_URL_STS" ? url : nil }),
            sender: try CurlSender(userAgent: "warder/test"), deadline: Timing.system.uptime() + 30_000)
        let credentials = try client.assumeRoleWithWebIdentity(request, token: secret("ey.J+/=.x"))
        #expect(credentials.accessKeyID == "ASIATEMPORARY0000001")
        #expect(credentials.accountID == "222222222222")
        #expect {
            _ = try client.assumeRoleWithWebIdentity(request, token: secret("none"))
        } throws: { error in
            if case STSError.refused(let refusal) = error { refusal.code == "InvalidIdentityToken" } else { false }
        }
    }
}
