import STS
import Secrets
import Testing

@Suite("Requests")
struct RequestTests {
    @Test("GetSessionToken carries duration, device and code, signed with all its headers")
    func getSessionToken() throws {
        let replay = Replay([.answer(200, Sample.session())])
        _ = try STSClient.replaying(replay).getSessionToken(signedBy: key(), durationSeconds: 43_200, mfa: code())
        let sent = try #require(replay.sent.first)
        #expect(
            sent.body
                == "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=43200"
                + "&SerialNumber=arn%3Aaws%3Aiam%3A%3A111111111111%3Amfa%2Falice&TokenCode=123456")
        #expect(sent.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8")
        #expect(sent.headers["X-Amz-Date"] == "20261121T080000Z")
        let authorization = try #require(sent.headers["Authorization"])
        #expect(authorization.contains("Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/sts/aws4_request"))
        #expect(authorization.contains("SignedHeaders=content-type;host;x-amz-date,"))
        #expect(sent.isOnce && !sent.token && sent.timeout == 10_000)
    }

    @Test("AssumeRole carries every parameter, and the session's token")
    func assumeRole() throws {
        let replay = Replay([.answer(200, Sample.role(arn: "arn:aws:sts::222222222222:assumed-role/Admin/me"))])
        var request = AssumeRoleRequest(roleARN: "arn:aws:iam::222222222222:role/Admin", sessionName: "me@x")
        request.durationSeconds = 3600
        request.externalID = "e:1"
        request.policy = #"{"Version": "2012-10-17"}"#
        request.policyARNs = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "p2"]
        request.tags = [AssumeRoleTag(key: "team", value: "a&b=c"), AssumeRoleTag(key: "k", value: "é")]
        request.transitiveTagKeys = ["team"]
        request.sourceIdentity = "alice"
        _ = try STSClient.replaying(replay).assumeRole(request, signedBy: session(), mfa: nil)
        let sent = try #require(replay.sent.first)
        #expect(
            sent.body.split(separator: "&") == [
                "Action=AssumeRole", "Version=2011-06-15", "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2FAdmin",
                "RoleSessionName=me%40x", "DurationSeconds=3600", "ExternalId=e%3A1",
                "Policy=%7B%22Version%22%3A%20%222012-10-17%22%7D",
                "PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess",
                "PolicyArns.member.2.arn=p2", "Tags.member.1.Key=team", "Tags.member.1.Value=a%26b%3Dc",
                "Tags.member.2.Key=k", "Tags.member.2.Value=%C3%A9", "TransitiveTagKeys.member.1=team",
                "SourceIdentity=alice",
            ])
        #expect(sent.headers["Authorization"]?.contains("host;x-amz-date;x-amz-security-token,") == true)
        #expect(sent.token && !sent.isOnce)
        #expect(sent.headers.values.allSatisfy { !$0.contains("t0ken") })
    }

    @Test("AssumeRole leaves out what is not set")
    func assumeRoleBare() throws {
        let replay = Replay([.answer(200, Sample.role(arn: "arn:aws:sts::222222222222:assumed-role/Admin/me"))])
        let request = AssumeRoleRequest(roleARN: "r", sessionName: "me")
        _ = try STSClient.replaying(replay).assumeRole(request, signedBy: session(), mfa: code())
        #expect(
            replay.sent.first?.body == "Action=AssumeRole&Version=2011-06-15&RoleArn=r&RoleSessionName=me"
                + "&SerialNumber=arn%3Aaws%3Aiam%3A%3A111111111111%3Amfa%2Falice&TokenCode=123456")
    }

    @Test("ListMFADevices goes to IAM")
    func listMFADevices() throws {
        let answer = Replay.Step.answer(
            200,
            """
            <ListMFADevicesResponse><ListMFADevicesResult><MFADevices>
            <member><UserName>alice</UserName><SerialNumber>arn:aws:iam::1:mfa/alice</SerialNumber></member>
            <member><UserName>alice</UserName><SerialNumber>GAHT12345678</SerialNumber></member>
            </MFADevices><IsTruncated>false</IsTruncated></ListMFADevicesResult></ListMFADevicesResponse>
            """)
        let replay = Replay([answer, answer])
        let clock = TestClock()
        let client = IAMClient(
            endpoint: try Endpoint(of: .iam, EndpointConfiguration(), environment: { _ in nil }), sender: replay,
            timing: clock.timing(), deadline: clock.uptime + 1000)
        let devices = try client.listMFADevices(signedBy: key())
        #expect(devices.map(\.serialNumber) == ["arn:aws:iam::1:mfa/alice", "GAHT12345678"])
        _ = try client.listMFADevices(of: "bob", signedBy: key())
        let bare = "Action=ListMFADevices&Version=2010-05-08"
        #expect(replay.sent.map(\.body) == [bare, bare + "&UserName=bob"])
        #expect(replay.sent.first?.headers["Authorization"]?.contains("/us-east-1/iam/aws4_request") == true)
    }

    @Test("GetUser asks IAM for the user whose key signs; a root user has no name")
    func getUser() throws {
        let answer = Replay.Step.answer(
            200,
            """
            <GetUserResponse><GetUserResult><User><UserId>1</UserId><Arn>arn:aws:iam::123456789012:root</Arn></User>
            </GetUserResult></GetUserResponse>
            """)
        let replay = Replay([answer, .answer(200, "<GetUserResponse><GetUserResult/></GetUserResponse>")])
        let clock = TestClock()
        let client = IAMClient(
            endpoint: try Endpoint(of: .iam, EndpointConfiguration(), environment: { _ in nil }), sender: replay,
            timing: clock.timing(), deadline: clock.uptime + 1000)
        #expect(try client.getUser(signedBy: key()) == "arn:aws:iam::123456789012:root")
        #expect(replay.sent.map(\.body) == ["Action=GetUser&Version=2010-05-08"])
        #expect(throws: STSError.self) { _ = try client.getUser(signedBy: key()) }
    }

    @Test("a code is six digits", arguments: ["", "12345", "1234567", "12345a", "12 456", "１２３４５６"])
    func malformedCode(digits: String) {
        #expect(throws: STSError.malformedCode) { _ = try code(digits) }
    }
}
