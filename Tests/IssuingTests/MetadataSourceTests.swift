import Failures
import Issuing
import RoomSupport
import Secrets
import Testing
import Times
import Transport

@Suite("The machine's and the container's role")
struct MetadataSourceTests {
    /// The metadata service, and STS behind it.
    private struct Machine {
        let rig: Rig
        let asked: ReplayingSender

        init(_ source: String, environment: [String: String] = [:], replies: [String: ScriptedResponse] = [:]) throws {
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
            #"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","#
                + #""Expiration":"\#(UnixTime(end).iso8601)"}"#
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
        let ended = ScriptedResponse.answer(200, Machine.key("ASIAENDED0000000", until: TestClock.start - 60))
        let reply = ["/role": ended]
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
        ] as [(String, ScriptedResponse, ExitCode)], ["p", "raw"])
    func instanceNonsense(_ said: (path: String, reply: ScriptedResponse, code: ExitCode), profile: String) throws {
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
        ] as [(ScriptedResponse, ExitCode)], ["p", "raw"])
    func containerNonsense(_ said: (reply: ScriptedResponse, code: ExitCode), profile: String) throws {
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
        let gone = ScriptedResponse.failure(.unreachable(host: "169.254.169.254", reason: "no route"))
        let instance = try Machine("Ec2InstanceMetadata", replies: ["/api/token": gone])
        let failure = instance.rig.failure(of: "p")
        #expect(failure?.code == .network)
        #expect(failure?.message.contains("/.aws/config:4: ") == true)
    }
}
