import JSON
import Metadata
import Servers
import Testing
import Threads
import Transport

private let roles = "/latest/meta-data/iam/security-credentials/"
private let good = "ASIAIOSFODNN7EXAMPLE wJalr/XUtn+FEMI IQoJ//b3+pZ== 2110885200 -"

@Suite(
    "An instance's role", .waits,
    .enabled(if: Server.missing == nil, Comment(rawValue: Server.missing ?? "")))
struct InstanceTests {
    let service: Service

    init() throws { service = try Service() }

    private func ask(_ name: String, _ environment: [String: String] = [:]) throws -> String {
        var settings = InstanceSettings()
        settings.endpoint = service.server.url("/" + name)
        // Whoever is silent is given up soon; the others have the time that a busy machine takes.
        settings.timeout = name == "silent" ? "2" : "30"
        let metadata = try InstanceMetadata(
            settings, environment: { environment[$0] }, sender: service.sender, time: minute())
        return line(try metadata.credentials())
    }

    @Test("is asked for with a token, which every request shows")
    func v2() throws {
        #expect(try ask("v2", ["AWS_EC2_METADATA_V1_DISABLED": "true"]) == good)
        #expect(
            try service.log("v2") == [
                "PUT /latest/api/token -", "GET \(roles) AQAE-token==", "GET \(roles)my.role+=,@-1 AQAE-token==",
            ])
    }

    @Test(
        "is asked for without a token where there is none to be had",
        arguments: ["v1-403", "v1-404", "v1-405", "silent"])
    func v1(name: String) throws {
        #expect(try ask(name) == good)
        #expect(
            try service.log(name) == [
                "PUT /latest/api/token -", "GET \(roles) -", "GET \(roles)my.role+=,@-1 -",
            ])
    }

    @Test(
        "is not asked for without a token where that is disabled", arguments: ["v1-403", "v1-404", "v1-405", "silent"])
    func v1Disabled(name: String) throws {
        #expect(throws: MetadataError.v1Disabled) { _ = try ask(name, ["AWS_EC2_METADATA_V1_DISABLED": "True"]) }
        #expect(try service.log(name) == ["PUT /latest/api/token -"])
    }

    @Test("is not asked for without a token after any other refusal", arguments: [400, 401, 429, 500, 503])
    func refusedToken(status: Int) throws {
        #expect(throws: MetadataError.refused(status: status, reason: "")) { _ = try ask("token-\(status)") }
        #expect(try service.log("token-\(status)") == ["PUT /latest/api/token -"])
    }

    @Test("is asked for again after a failure of the service, as often as is set")
    func attempts() throws {
        #expect(throws: MetadataError.refused(status: 500, reason: "")) { _ = try ask("flaky") }
        let fresh = try InstanceTests()
        #expect(try fresh.ask("flaky", ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"]) == good)
        #expect(try fresh.service.log("flaky").count == 6)
        #expect(throws: MetadataError.self) { _ = try ask("token-500", ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "4"]) }
        #expect(try service.log("token-500").count == 4)
    }

    @Test("may be old: that is said by its expiration alone")
    func expired() throws {
        #expect(try ask("expired") == "ASIAIOSFODNN7EXAMPLE wJalr/XUtn+FEMI IQoJ//b3+pZ== 978307200 -")
    }

    @Test("is the first of the list")
    func first() throws {
        #expect(try ask("two-roles") == good)
    }

    @Test(
        "is not to be had",
        arguments: [
            ("no-role", MetadataError.noRole), ("empty-role", .noRole), ("odd-role", .missing("role name")),
            ("missing-role", .refused(status: 404, reason: "")),
            (
                "failed",
                .refused(status: 200, reason: "AssumeRoleUnauthorizedAccess: EC2 cannot assume the role\\u{7}.")
            ),
            ("html", .notJSON(.malformed(offset: 0))), ("not-json", .notJSON(.malformed(offset: 19))),
            ("lacking-AccessKeyId", .missing("AccessKeyId")), ("lacking-SecretAccessKey", .missing("SecretAccessKey")),
            ("lacking-Token", .missing("Token")), ("lacking-Expiration", .missing("Expiration")),
        ])
    func refused(name: String, error: MetadataError) {
        #expect(throws: error) { _ = try ask(name) }
    }

    @Test("is not there where nobody answers, and then nothing more is asked")
    func nobody() throws {
        for failure in [TransportError.unreachable(host: "h", reason: "r"), .timedOut(host: "h", sent: false)] {
            let nobody = Nobody(failure)
            let metadata = try InstanceMetadata(
                InstanceSettings(), environment: { _ in nil }, sender: nobody, time: Pauses().time())
            #expect(throws: MetadataError.notHere(host: "h")) { _ = try metadata.credentials() }
            #expect(nobody.asked == ["PUT http://169.254.169.254/latest/api/token"])
            #expect(nobody.timeouts == [1000])
        }
    }

    @Test("is not asked for where no time is left")
    func noTime() throws {
        let nobody = Nobody()
        let metadata = try InstanceMetadata(
            InstanceSettings(), environment: { _ in nil }, sender: nobody, time: Pauses().time(milliseconds: 0))
        #expect(throws: MetadataError.network(.timedOut(host: "169.254.169.254", sent: false))) {
            _ = try metadata.credentials()
        }
        #expect(nobody.asked.isEmpty)
    }
}

@Suite("The settings for an instance's role")
struct InstanceSettingsTests {
    /// Where the first request goes, and its time limit.
    private func first(
        _ environment: [String: String], _ settings: InstanceSettings = InstanceSettings()
    ) throws -> (String, Int) {
        let nobody = Nobody()
        let metadata = try InstanceMetadata(
            settings, environment: { environment[$0] }, sender: nobody, time: Pauses().time())
        #expect(throws: MetadataError.self) { _ = try metadata.credentials() }
        return (nobody.asked[0], nobody.timeouts[0])
    }

    @Test(
        "say where to ask",
        arguments: [
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "http://[fd00:ec2::254]/"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], "http://169.254.169.254/"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": ""], "http://169.254.169.254/"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://localhost:1338"], "http://localhost:1338/"),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://localhost:1338/a/"], "http://localhost:1338/a/"),
            (
                [
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "https://imds.example.com",
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6",
                ], "https://imds.example.com/"
            ),
        ])
    func endpoint(environment: [String: String], base: String) throws {
        #expect(try first(environment).0 == "PUT \(base)latest/api/token")
    }

    @Test("in a profile come after the environment's")
    func profile() throws {
        var settings = InstanceSettings()
        settings.endpoint = "http://127.0.0.1:1/"
        settings.timeout = "3"
        #expect(try first([:], settings) == ("PUT http://127.0.0.1:1/latest/api/token", 3000))
        let environment = [
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:2", "AWS_METADATA_SERVICE_TIMEOUT": "5",
        ]
        #expect(try first(environment, settings) == ("PUT http://127.0.0.1:2/latest/api/token", 5000))
    }

    @Test(
        "are refused",
        arguments: [
            ("AWS_EC2_METADATA_DISABLED", "true", MetadataError.disabled),
            ("AWS_EC2_METADATA_DISABLED", "TRUE", .disabled),
            ("AWS_EC2_METADATA_DISABLED", "1", .malformedSetting(name: "AWS_EC2_METADATA_DISABLED", value: "1")),
            (
                "AWS_EC2_METADATA_V1_DISABLED", "yes",
                .malformedSetting(name: "AWS_EC2_METADATA_V1_DISABLED", value: "yes")
            ),
            (
                "AWS_METADATA_SERVICE_TIMEOUT", "0",
                .malformedSetting(name: "AWS_METADATA_SERVICE_TIMEOUT", value: "0")
            ),
            (
                "AWS_METADATA_SERVICE_TIMEOUT", "99999999999999999999",
                .malformedSetting(name: "AWS_METADATA_SERVICE_TIMEOUT", value: "99999999999999999999")
            ),
            (
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many",
                .malformedSetting(name: "AWS_METADATA_SERVICE_NUM_ATTEMPTS", value: "many")
            ),
            (
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5",
                .malformedSetting(name: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", value: "IPv5")
            ),
            (
                "AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254",
                .malformedURI(setting: "AWS_EC2_METADATA_SERVICE_ENDPOINT")
            ),
            (
                "AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://localhost/?a",
                .malformedURI(setting: "AWS_EC2_METADATA_SERVICE_ENDPOINT")
            ),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://evil.example.com", .notAllowed(host: "evil.example.com")),
        ])
    func refused(name: String, value: String, error: MetadataError) {
        #expect(throws: error) {
            _ = try InstanceMetadata(
                InstanceSettings(), environment: { $0 == name ? value : nil }, sender: Nobody(), time: Pauses().time())
        }
    }
}
