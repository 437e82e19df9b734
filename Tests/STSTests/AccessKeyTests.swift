import STS
import Secrets
import Testing
import Times
import Transport

@Suite("IAM's requests for access keys")
struct AccessKeyTests {
    private func client(_ replay: Replay) throws -> IAMClient {
        let endpoint = try Endpoint(of: .iam, EndpointConfiguration()) { _ in nil }
        let clock = TestClock()
        replay.clock = clock
        return IAMClient(
            endpoint: endpoint, sender: replay, timing: clock.timing(), deadline: clock.timing().uptime() + 60_000)
    }

    private var key: Credentials {
        Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: secret("the secret"), sessionToken: nil, expiration: nil,
            accountID: nil)
    }

    private func answer(_ action: String, _ result: String) -> Replay.Step {
        .answer(200, "<\(action)Response><\(action)Result>\(result)</\(action)Result></\(action)Response>")
    }

    private func member(_ id: String, _ status: String, _ date: String = "2026-11-01T10:00:00Z") -> String {
        "<member><UserName>a</UserName><AccessKeyId>\(id)</AccessKeyId><Status>\(status)</Status>"
            + "<CreateDate>\(date)</CreateDate></member>"
    }

    @Test("a list is read to its end")
    func list() throws {
        let first = member("AKIAIOSFODNN7EXAMPLE", "Active")
        let second = member("AKIAI44QH8DHBEXAMPLE", "Inactive", "1970-01-01T00:01:00Z")
        let replay = Replay([
            answer(
                "ListAccessKeys",
                "<AccessKeyMetadata>\(first)</AccessKeyMetadata><IsTruncated>true</IsTruncated><Marker>m/1</Marker>"),
            answer(
                "ListAccessKeys", "<AccessKeyMetadata>\(second)</AccessKeyMetadata><IsTruncated>false</IsTruncated>"),
        ])
        let found = try client(replay).listAccessKeys(signedBy: key)
        #expect(found.keys.map(\.accessKeyID) == ["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"])
        #expect(found.keys.map(\.isActive) == [true, false] && found.keys[1].createdAt == 60)
        #expect(
            replay.sent.map(\.body) == [
                "Action=ListAccessKeys&Version=2010-05-08", "Action=ListAccessKeys&Version=2010-05-08&Marker=m%2F1",
            ])
    }

    @Test("a list without an end is no answer")
    func endless() throws {
        let page = answer(
            "ListAccessKeys", "<AccessKeyMetadata/><IsTruncated>true</IsTruncated><Marker>again</Marker>")
        let replay = Replay(Array(repeating: page, count: 100))
        #expect(throws: STSError.invalidResponse(.missing("IsTruncated"), status: 200)) {
            try client(replay).listAccessKeys(signedBy: key)
        }
        #expect(replay.sent.count == 16)
    }

    @Test("a new key comes with its secret, and is asked for once")
    func create() throws {
        let replay = Replay([
            answer(
                "CreateAccessKey",
                "<AccessKey><UserName>a</UserName><AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId><Status>Active</Status>"
                    + "<SecretAccessKey>je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY</SecretAccessKey>"
                    + "<CreateDate>1970-01-01T00:02:00Z</CreateDate></AccessKey>")
        ])
        let created = try client(replay).createAccessKey(signedBy: key)
        #expect(created.credentials.accessKeyID == "AKIAI44QH8DHBEXAMPLE" && created.createdAt == 120)
        #expect(text(created.credentials.secret) == "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY")
        #expect(replay.sent.map(\.isOnce) == [true])
    }

    @Test(
        "what may have made a key is not sent again",
        arguments: [
            .failure(.interrupted(host: "iam", reason: "reset", sent: true)),
            .failure(.timedOut(host: "iam", sent: true)),
            .answer(503, "<html>"),
            .answer(500, "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>"),
            .answer(200, "<CreateAccessKeyResponse/>"),
        ] as [Replay.Step])
    func uncertain(_ step: Replay.Step) throws {
        let replay = Replay([step, step, step])
        #expect(throws: STSError.self) { _ = try client(replay).createAccessKey(signedBy: key) }
        #expect(replay.sent.count == 1)
    }

    @Test(
        "what certainly made none is",
        arguments: [
            .failure(.unreachable(host: "iam", reason: "no route")),
            .answer(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"),
        ] as [Replay.Step])
    func certain(_ step: Replay.Step) throws {
        let replay = Replay([step, step, step])
        #expect(throws: STSError.self) { _ = try client(replay).createAccessKey(signedBy: key) }
        #expect(replay.sent.count == 3)
    }

    @Test("status and deletion are answered without a result")
    func changes() throws {
        let replay = Replay(
            ["UpdateAccessKey", "UpdateAccessKey", "DeleteAccessKey"].map {
                .answer(
                    200, "<\($0)Response><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></\($0)Response>")
            })
        let client = try client(replay)
        try client.setAccessKey("AKIA1", isActive: false, signedBy: key)
        try client.setAccessKey("AKIA1", isActive: true, signedBy: key)
        try client.deleteAccessKey("AKIA1", signedBy: key)
        let start = "Action=UpdateAccessKey&Version=2010-05-08&AccessKeyId=AKIA1&Status="
        #expect(
            replay.sent.map(\.body) == [
                start + "Inactive", start + "Active", "Action=DeleteAccessKey&Version=2010-05-08&AccessKeyId=AKIA1",
            ])
    }

    @Test("the last use of a key, and of one that never was")
    func lastUse() throws {
        let replay = Replay([
            answer(
                "GetAccessKeyLastUsed",
                "<UserName>a</UserName><AccessKeyLastUsed><LastUsedDate>1970-01-01T00:03:00Z</LastUsedDate>"
                    + "<ServiceName>s3</ServiceName><Region>eu-west-1</Region></AccessKeyLastUsed>"),
            answer(
                "GetAccessKeyLastUsed",
                "<AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>"),
        ])
        let client = try client(replay)
        let use = try client.lastUse(of: "AKIA1", signedBy: key)
        #expect(use?.time == 180 && use?.service == "s3" && use?.region == "eu-west-1")
        #expect(try client.lastUse(of: "AKIA1", signedBy: key) == nil)
    }
}
