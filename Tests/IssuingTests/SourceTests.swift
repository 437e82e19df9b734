import Failures
import Issuing
import RoomSupport
import Secrets
import Testing
import Times
import Transport

@Suite("Keys of the environment and of files")
struct KeySourceTests {
    private func environmentRig() throws -> Rig {
        try Rig(
            "[profile p]\nregion = eu-west-1\nrole_arn = \(Rig.admin)\ncredential_source = Environment\n"
                + "[profile raw]\ncredential_source = Environment\n",
            environment: [
                "AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ACCOUNT_ID": "123456789012",
            ])
    }

    @Test("the environment's key is given as it is, with its token and its account")
    func environment() throws {
        let rig = try environmentRig()
        let key = try rig.issuer("raw").credentials()
        #expect(key.accessKeyID == "AKIAONE" && text(key.secret) == "s" && key.accountID == "123456789012")
        #expect(text(ifPresent: key.sessionToken) == nil && key.expiration == nil)
        rig.home.set("AWS_SESSION_TOKEN", "")
        #expect(text(ifPresent: try rig.issuer("raw").credentials().sessionToken) == nil)
        rig.home.set("AWS_SESSION_TOKEN", "t0ken")
        #expect(text(ifPresent: try rig.issuer("raw").credentials().sessionToken) == "t0ken")
    }

    @Test(
        "half a key of the environment is none, and the line that wants it is named",
        arguments: [
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        ])
    func half(missing: String) throws {
        let rig = try environmentRig()
        for value in [nil, ""] {
            rig.home.set(missing, value)
            let failure = rig.failure(of: "p")
            #expect(failure?.code == .notFound)
            #expect(failure?.message.contains("/.aws/config:4: ") == true)
            #expect(try rig.issuer("p").sessionMaker.source.obstacle()?.code == .notFound)
        }
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("another key of the environment is another session")
    func otherKey() throws {
        let rig = try environmentRig()
        let first = try rig.key(of: "p")
        #expect(try rig.key(of: "p") == first)
        rig.home.set("AWS_ACCESS_KEY_ID", "AKIATWO")
        #expect(try rig.key(of: "p") != first)
        #expect(rig.sts.requests.map(\.signer) == ["AKIAONE", "AKIATWO"])
    }

    @Test(
        "a token of a key in plain text that is empty is none", arguments: ["", "# none", "\t"],
        ["config", "credentials"])
    func emptyToken(value: String, file: String) throws {
        let keys =
            "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/plain\naws_session_token = \(value)\n"
        let rig = try Rig(
            "[profile p]\nregion = eu-west-1\n" + (file == "config" ? keys : ""),
            credentials: file == "config" ? "" : "[p]\n" + keys)
        let key = try rig.issuer("p").credentials()
        #expect(key.accessKeyID == "AKIAPLAIN" && text(key.secret) == "secret/of/plain")
        #expect(text(ifPresent: key.sessionToken) == nil && key.expiration == nil)
        #expect(rig.sts.requests.isEmpty)
        // It is a long-term key: a device makes a session of it.
        try rig.home.write(
            "[profile p]\nmfa_serial = \(Rig.device)\nregion = eu-west-1\n" + (file == "config" ? keys : ""),
            to: ".aws/config")
        try rig.key(of: "p", code: "123456")
        #expect(rig.sts.actions == ["GetSessionToken"])
        #expect(!rig.sts.requests[0].hasSecretHeader)
    }

    @Test("a key in plain text with a token is a session, of which no other is made")
    func plainSession() throws {
        let rig = try Rig(
            "[profile p]\nmfa_serial = \(Rig.device)\naws_access_key_id = ASIAPLAIN\naws_secret_access_key = s\n"
                + "aws_session_token = t\n", credentials: "")
        #expect(try rig.key(of: "p") == "ASIAPLAIN")
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("half a key in plain text is the config's failure")
    func halfPlain() throws {
        let rig = try Rig("[profile p]\naws_access_key_id = AKIAPLAIN\n", credentials: "")
        #expect(rig.failure(of: "p")?.code == .badConfig || rig.failure(of: "p")?.code == .notFound)
    }
}

@Suite("A web identity")
struct WebIdentityTests {
    private func rig(_ more: String = "", token: String? = "head.body.signature\n") throws -> Rig {
        let rig = try Rig(Rig.web + more)
        if let token { try rig.home.write(token, to: "jwt") }
        return rig
    }

    @Test("asks STS with the token, unsigned, and is kept")
    func kept() throws {
        let rig = try rig()
        let first = try rig.key(of: "web")
        #expect(try rig.key(of: "web") == first)
        #expect(rig.sts.actions == ["AssumeRoleWithWebIdentity"])
        let request = rig.sts.requests[0]
        #expect(request.form["WebIdentityToken"]?.hasPrefix("head.body.signature") == true)
        #expect(request.form["RoleArn"] == Rig.admin)
        #expect(request.headers["Authorization"] == nil)
        let isPlain = try rig.home.holds("head.body.signature")
        #expect(!isPlain)
    }

    @Test("takes the session's name and its time of a role's settings, and no other")
    func parameters() throws {
        let rig = try rig(
            "role_session_name = me\nduration_seconds = 900\nexternal_id = one\nsource_identity = alice\n"
                + "session_tags = a=1\ntransitive_session_tags = a\n")
        try rig.key(of: "web")
        let form = rig.sts.requests[0].form
        #expect(form["RoleSessionName"] == "me" && form["DurationSeconds"] == "900")
        let others = ["ExternalId", "SourceIdentity", "Tags", "TransitiveTagKeys"]
        #expect(form.keys.filter { name in others.contains { name.hasPrefix($0) } } == [])
    }

    @Test("reads the token anew each time it is asked for")
    func newToken() throws {
        let rig = try rig()
        try rig.key(of: "web")
        try rig.home.write("new.body.signature", to: "jwt")
        _ = try rig.issuer("web").refresh()
        #expect(rig.sts.requests.last?.form["WebIdentityToken"] == "new.body.signature")
    }

    @Test("a token that has ended is said, and not shown")
    func ended() throws {
        let rig = try rig()
        rig.sts.next(TestSTS.refusal("ExpiredTokenException", "Token expired: current date/time 1", status: 400))
        let failure = rig.failure(of: "web")
        #expect(failure?.code == .refused)
        #expect(failure?.message.contains("ExpiredTokenException") == true)
        #expect(failure?.message.contains("head.body") == false)
    }

    @Test(
        "a token that is not there, empty or too large is the config's failure",
        arguments: [nil, "", String(repeating: "x", count: 30_000)])
    func noToken(token: String?) throws {
        let rig = try rig(token: token)
        let failure = rig.failure(of: "web")
        #expect(failure?.code == .badConfig)
        #expect(failure?.message.contains(rig.home.path + "/jwt") == true)
        #expect(try rig.issuer("web").sessionMaker.source.obstacle()?.message == failure?.message)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("the environment's token serves a role without a source")
    func environmentsToken() throws {
        let rig = try Rig("[profile p]\nregion = eu-west-1\nrole_arn = \(Rig.admin)\n")
        try rig.home.write("t", to: "jwt")
        rig.home.set("AWS_WEB_IDENTITY_TOKEN_FILE", rig.home.path + "/jwt")
        try rig.key(of: "p")
        #expect(rig.sts.actions == ["AssumeRoleWithWebIdentity"])
    }
}

@Suite("The machine's and the container's role")
struct MetadataSourceTests {
    /// The metadata service, and STS behind it.
    private struct Machine {
        let rig: Rig
        let asked: ReplayingSender

        init(_ source: String, environment: [String: String] = [:], replies: [String: PromptAnswer] = [:]) throws {
            let clock = TestClock()
            let sts = TestSTS(clock)
            asked = ReplayingSender { request in
                if let reply = replies.first(where: { request.url.hasSuffix($0.key) }) { return reply.value }
                if request.url.hasSuffix("/latest/api/token") { return .answer(200, "t0ken") }
                if request.url.hasSuffix("/security-credentials/") { return .answer(200, "role") }
                if request.url.hasSuffix("/role") { return .answer(200, Self.key(until: clock.now + 21_600)) }
                return sts.sender.reply(to: request)
            }
            rig = try Rig(
                "[profile p]\nregion = eu-west-1\nrole_arn = \(Rig.admin)\ncredential_source = \(source)\n"
                    + "[profile raw]\ncredential_source = \(source)\n", environment: environment, clock: clock,
                sender: asked)
        }

        static func key(_ id: String = "ASIAMACHINE00000", until end: Int64) -> String {
            #"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"\#(UnixTime(end).iso8601)"}"#
        }

        var actions: [String] { asked.requests.compactMap { $0.form["Action"] } }
    }

    private static let container = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/role"]

    @Test("an instance is asked with a token, and its role's session is kept for the next one")
    func instance() throws {
        let machine = try Machine("Ec2InstanceMetadata")
        let first = try machine.rig.key(of: "p")
        #expect(
            machine.asked.requests.prefix(3).map { "\($0.method) \($0.url)" } == [
                "PUT http://169.254.169.254/latest/api/token",
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/",
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role",
            ])
        let count = machine.asked.requests.count
        #expect(try machine.rig.key(of: "p") == first)
        #expect(machine.asked.requests.count == count)
        // Its own credentials are to be had at any time, and are not kept.
        #expect(try machine.rig.key(of: "raw") == "ASIAMACHINE00000")
        #expect(try machine.rig.issuer("raw").cachedSession(-1) == nil)
    }

    @Test("a container is asked at its address")
    func container() throws {
        let machine = try Machine("EcsContainer", environment: Self.container)
        try machine.rig.key(of: "p")
        #expect(machine.asked.requests[0].url == "http://127.0.0.1:9/role")
        #expect(machine.actions == ["AssumeRole"])
    }

    @Test("what is cached outlives its source")
    func outlives() throws {
        let machine = try Machine("EcsContainer", environment: Self.container)
        let first = try machine.rig.key(of: "p")
        machine.rig.home.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere")
        #expect(try machine.rig.key(of: "p") == first)
        #expect(machine.rig.failure(of: "raw")?.code == .badConfig)
    }

    @Test("another container is another session")
    func otherContainer() throws {
        let machine = try Machine("EcsContainer", environment: Self.container)
        let first = try machine.rig.key(of: "p")
        machine.rig.home.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:8/role")
        #expect(try machine.rig.key(of: "p") != first)
    }

    @Test("credentials of an instance that have ended are used, as SDKs do; a container's are not")
    func ended() throws {
        let reply = ["/role": PromptAnswer.answer(200, Machine.key("ASIAENDED0000000", until: TestClock.start - 60))]
        let instance = try Machine("Ec2InstanceMetadata", replies: reply)
        try instance.rig.key(of: "p")
        #expect(instance.actions == ["AssumeRole"])
        let container = try Machine("EcsContainer", environment: Self.container, replies: reply)
        let failure = container.rig.failure(of: "p")
        #expect(failure?.code == .refused)
        #expect(failure?.message.contains("have ended") == true)
        #expect(container.actions.isEmpty)
    }

    @Test(
        "an instance that talks nonsense is a failure by its own name, and nothing is asked of STS",
        arguments: [
            ("/api/token", .answer(500, ""), .refused), ("/api/token", .answer(400, ""), .refused),
            ("/api/token", .answer(200, ""), .refused), ("/api/token", .answer(200, "a\r\nHost: evil"), .refused),
            ("-credentials/", .answer(500, ""), .refused), ("-credentials/", .answer(404, ""), .notFound),
            ("-credentials/", .answer(200, ""), .notFound),
            ("-credentials/", .answer(200, "../../../user-data"), .refused),
            ("-credentials/", .answer(200, "role?x"), .refused),
            ("-credentials/", .answer(200, "<html>Log in</html>"), .refused),
            ("/role", .answer(404, ""), .refused), ("/role", .answer(200, ""), .refused),
            ("/role", .answer(200, "<html>Log in</html>"), .refused),
            ("/role", .answer(200, #"{"Code": "Success"}"#), .refused),
            (
                "/role", .answer(200, Machine.key(until: 0).replacing("Success", with: "AssumeRoleUnauthorizedAccess")),
                .refused
            ),
            (
                "/role", .answer(200, Machine.key(until: 0).replacing("1970-01-01T00:00:00Z", with: "tomorrow")),
                .refused
            ),
            ("/role", .answer(200, Machine.key(until: 0).replacing(#""s""#, with: "17")), .refused),
            ("/role", .answer(200, String(repeating: "[", count: 50_000)), .refused),
            ("/role", .failure(.tooLarge(host: "169.254.169.254")), .network),
            ("/role", .failure(.redirected(host: "169.254.169.254", status: 302)), .network),
        ] as [(String, PromptAnswer, ExitCode)], ["p", "raw"])
    func instanceNonsense(_ said: (path: String, reply: PromptAnswer, code: ExitCode), profile: String) throws {
        let machine = try Machine("Ec2InstanceMetadata", replies: [said.path: said.reply])
        #expect(machine.rig.failure(of: profile)?.code == said.code)
        #expect(machine.actions.isEmpty)
    }

    @Test(
        "so is a container, and its token is not shown",
        arguments: [
            (.answer(401, #"{"code": "AccessDenied", "message": "wrong token"}"#), .refused),
            (.answer(403, #"{"code": "Denied", "message": "what is Bearer hidden-t0ken"}"#), .refused),
            (.answer(500, "later"), .refused), (.answer(200, "<html>"), .refused), (.answer(200, "{}"), .refused),
            (.answer(200, ""), .refused), (.answer(200, String(repeating: "\0", count: 5000)), .refused),
            (.failure(.redirected(host: "127.0.0.1", status: 302)), .network),
            (.answer(200, Machine.key("A\\nB", until: TestClock.start + 3600)), .refused),
            (.answer(200, Machine.key(until: TestClock.start - 3600)), .refused),
        ] as [(PromptAnswer, ExitCode)], ["p", "raw"])
    func containerNonsense(_ said: (reply: PromptAnswer, code: ExitCode), profile: String) throws {
        let token = ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer hidden-t0ken"]
        let machine = try Machine(
            "EcsContainer", environment: Self.container.merging(token) { $1 }, replies: ["/role": said.reply])
        let failure = machine.rig.failure(of: profile)
        #expect(failure?.code == said.code)
        #expect(failure?.message.contains("hidden-t0ken") == false && failure?.hint.contains("hidden-t0ken") == false)
        #expect(machine.asked.requests.allSatisfy { $0.hasSecretHeader })
        #expect(machine.actions.isEmpty)
    }

    @Test(
        "a container's variables that are wrong are the config's failure, before anything is asked",
        arguments: [
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX-Evil: 1"],
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere"], ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/"],
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil.example/"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1@evil.example/"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1.evil.example/"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.169.254/"],
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "file:///etc/passwd"],
        ])
    func containerVariables(variables: [String: String]) throws {
        let machine = try Machine("EcsContainer", environment: Self.container.merging(variables) { $1 })
        #expect(machine.rig.failure(of: "p")?.code == .badConfig)
        #expect(machine.asked.requests.isEmpty)
    }

    @Test(
        "so is an instance's endpoint", arguments: ["http://192.0.2.1", "ftp://127.0.0.1", "127.0.0.1", "http://a b/"])
    func instanceEndpoint(url: String) throws {
        let machine = try Machine(
            "Ec2InstanceMetadata", environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": url])
        #expect(machine.rig.failure(of: "p")?.code == .badConfig)
        #expect(machine.asked.requests.isEmpty)
    }

    @Test("the profile's settings of the instance are read, and the environment's come before them")
    func instanceSettings() throws {
        let machine = try Machine("Ec2InstanceMetadata")
        try machine.rig.home.append("ec2_metadata_service_endpoint = http://127.0.0.1:7\n", to: ".aws/config")
        _ = machine.rig.failure(of: "raw")
        #expect(machine.asked.requests.first?.url == "http://127.0.0.1:7/latest/api/token")
        machine.rig.home.set("AWS_EC2_METADATA_DISABLED", "true")
        #expect(machine.rig.failure(of: "raw")?.message.contains("AWS_EC2_METADATA_DISABLED") == true)
    }

    @Test("no container, and an instance that nobody answers for, are named by the line that wants them")
    func absent() throws {
        let container = try Machine("EcsContainer")
        #expect(container.rig.failure(of: "raw")?.code == .notFound)
        #expect(container.rig.failure(of: "raw")?.message.contains("/.aws/config:6: ") == true)
        let gone = PromptAnswer.failure(.unreachable(host: "169.254.169.254", reason: "no route"))
        let instance = try Machine("Ec2InstanceMetadata", replies: ["/api/token": gone])
        let failure = instance.rig.failure(of: "p")
        #expect(failure?.code == .network)
        #expect(failure?.message.contains("/.aws/config:4: ") == true)
    }
}
