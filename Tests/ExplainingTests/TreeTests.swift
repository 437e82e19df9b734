import Foundation
import RoomSupport
import Testing
import Text

@testable import Explaining

@Suite("The plan of a chain, for people")
struct TreeTests {
    @Test func whileLocked() throws {
        let home = try TestHome(config: usual)
        try home.makeVault()
        #expect(
            try home.tree("prod") == """
                prod
                ├─ stored key alice
                │     key = alice     ~/.aws/config:1
                │     read when it is needed
                ├─ session of alice
                │     duration_seconds = 43200
                │     mfa_serial = \(device)     ~/.aws/config:3
                │     region = eu-west-1                                   ~/.aws/config:2
                │     locked: what is cached cannot be seen
                └─ role of prod
                      role_arn = \(role)     ~/.aws/config:5
                      region = eu-west-1                              ~/.aws/config:7
                      locked: what is cached cannot be seen
                endpoint: https://sts.eu-west-1.amazonaws.com/, signed for eu-west-1
                next: if no session is cached, at most 2 requests and an MFA code (warder unlock shows what is cached)
                sdks: do not ask warder for prod: ~/.aws/config:5: SDKs go by role_arn first; run warder adopt prod

                """)
    }

    @Test func whereNothingIsCached() throws {
        let home = try TestHome(config: usual)
        try home.makeVault()
        try home.unlock()
        #expect(try home.tree("prod").contains("│     not cached\n"))
        #expect(try home.line("next: ", of: "prod") == "2 requests, asks for an MFA code")
        #expect(try home.line("next: ", of: "alice") == "one request, asks for an MFA code")
    }

    @Test func ofWhatIsCached() throws {
        let cloud = Cloud(TestClock())
        let home = try TestHome(config: usual, clock: cloud.clock, sender: cloud)
        try home.makeVault()
        #expect(home.process("prod", code: "123456") == nil)
        let lines = try home.tree("prod").components(separatedBy: "\n")
        #expect(lines[3] == "│     not needed now")
        #expect(lines.filter { $0.contains("cached for") } == ["│     cached for 12h", "      cached for 1h"])
        #expect(try home.line("next: ", of: "prod") == "answered from the cache, no prompt")
    }

    /// With less than sixteen minutes left a session is made anew, with the session before it.
    @Test func ofWhatDoesNotLastMuchLonger() throws {
        let clock = TestClock()
        let home = try TestHome(config: usual, clock: clock, sender: Cloud(clock))
        try home.makeVault()
        #expect(home.process("prod", code: "123456") == nil)
        clock.advance(3600 - 16 * 60)
        #expect(try home.line("next: ", of: "prod") == "answered from the cache, no prompt")
        clock.advance(1)
        #expect(try home.tree("prod").contains("      cached, but for 15m 59s only: it will be renewed\n"))
        #expect(try home.line("next: ", of: "prod") == "one request, no prompt")
        clock.advance(16 * 60)
        #expect(try home.tree("prod").contains("      not cached\n"))
    }

    @Test(arguments: [
        (
            "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = s",
            "key in plain text, in the profile p (warder can keep it safe: warder add)", "read as it is, no prompt"
        ),
        ("credential_source = Environment", "credentials of the environment", "read as it is, no prompt"),
        ("credential_source = Ec2InstanceMetadata", "the EC2 instance's role", "read as it is, no prompt"),
        ("credential_source = EcsContainer", "the container's role", "read as it is, no prompt"),
        ("role_arn = \(role)\nweb_identity_token_file = ~/jwt", "web identity", "one request, no prompt"),
        ("credential_process = /bin/false", "another program", "one request, no prompt"),
        (
            "sso_start_url = \(startURL)\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = R",
            "IAM Identity Center", "one request, no prompt"
        ),
        ("warder_key = alice\nwarder_session = off", "stored key alice", "read as it is, no prompt"),
    ])
    func ofOtherSources(_ lines: String, _ title: String, _ next: String) throws {
        let home = try TestHome(
            config: "[profile p]\n\(lines)\n",
            environment: [
                "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/c",
            ])
        try home.write("token", to: "jwt")
        try home.signIn()
        try home.makeVault()
        try home.unlock()
        let tree = try home.tree("p")
        #expect(tree.hasPrefix("p\n└─ \(title)\n"))
        #expect(tree.contains("\nnext: \(next)\n"))
    }

    @Test func aKeyInPlainTextBesideAStoredOne() throws {
        let plain = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = s\n"
        let home = try TestHome(config: "[profile alice]\n\(plain)[profile bob]\n\(plain)")
        try home.makeVault()
        try home.unlock()
        #expect(try home.tree("alice").contains("(it takes precedence over the stored one until it is removed)"))
        #expect(try home.tree("bob").contains("(warder can keep it safe: warder add)"))
    }

    @Test func everySettingOfARole() throws {
        let home = try TestHome(
            config: """
                [profile alice]
                [profile p]
                role_arn = \(role)
                warder_source_profile = alice
                role_session_name = who@where
                external_id = a:b/c
                source_identity = ann
                duration_seconds = 1800
                policy = {"Version":"2012-10-17"}
                policy_arns = arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B
                session_tags = team=core,cost=42
                transitive_session_tags = team
                region = eu-west-1

                """)
        try home.makeVault()
        try home.unlock()
        let lines = try home.tree("p").components(separatedBy: "\n").filter { $0.hasPrefix("      ") }
        let settings = lines.map { line in
            line.split(separator: "     ").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " @ ")
        }
        #expect(
            settings == [
                "role_arn = \(role) @ ~/.aws/config:3", "role_session_name = who@where @ ~/.aws/config:5",
                "external_id = a:b/c @ ~/.aws/config:6", "source_identity = ann @ ~/.aws/config:7",
                "region = eu-west-1 @ ~/.aws/config:13", "duration_seconds = 1800 @ ~/.aws/config:8",
                "policy = {\"Version\":\"2012-10-17\"} @ ~/.aws/config:9",
                "policy_arns = arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B @ ~/.aws/config:10",
                "session_tags = team=core,cost=42 @ ~/.aws/config:11",
                "transitive_session_tags = team @ ~/.aws/config:12", "not cached",
            ])
    }

    @Test func aProgramThatGivesCodesLeavesNobodyToAsk() throws {
        let home = try TestHome(
            config: usual.replacing("[profile prod]", with: "mfa_process = /bin/code\n[profile prod]"))
        try home.makeVault()
        try home.unlock()
        #expect(try home.tree("prod").contains("│     mfa_process = /bin/code  "))
        #expect(try home.line("next: ", of: "prod") == "2 requests, no prompt")
    }

    @Test func longValuesAreCutAndOddOnesEscaped() throws {
        let policy = "{\"a\":\"\u{1b}[2J" + String(repeating: "x", count: 100) + "\"}"
        let home = try TestHome(
            config: "[profile p]\nrole_arn = \(role)\npolicy = \(policy)\nsource_profile = p\n"
                + "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\naws_session_token = a+token\n")
        let tree = try home.tree("p")
        #expect(tree.contains("policy = {\"a\":\"\\u{1b}[2Jxxx"))
        #expect(!tree.unicodeScalars.contains { $0 != "\n" && isInvisible($0) })
        let value = try #require(tree.split(separator: "policy = ").last?.split(separator: " ").first)
        #expect(value.count == 72 && value.hasSuffix("…"))
        let all = try tree + home.explanation("p").json.text()
        #expect(!all.contains("secret/of/it") && !all.contains("a+token"))
    }

    /// An endpoint of one's own comes from a line or a variable; AWS's from nowhere.
    @Test func whereItsEndpointStands() throws {
        let home = try TestHome(
            config: usual.replacing("source_profile", with: "endpoint_url = https://a.example\nsource_profile"))
        try home.makeVault()
        #expect(
            try home.line("endpoint: ", of: "prod") == "https://a.example/, signed for eu-west-1 (~/.aws/config:6)")
        home.set("AWS_ENDPOINT_URL_STS", "https://b.example")
        #expect(
            try home.line("endpoint: ", of: "prod")
                == "https://b.example/, signed for eu-west-1 (AWS_ENDPOINT_URL_STS)")
    }

    @Test func whatItSaysOfAClockThatIsWrong() throws {
        // What is known of AWS's clock holds while the machine's own goes on evenly.
        let clock = TestClock.atPresent()
        let sts = TestSTS(clock)
        let home = try TestHome(config: usual, clock: clock, sender: sts.sender)
        try home.makeVault()
        #expect(home.process("prod", code: "123456") == nil)
        #expect(try home.line("clock: ", of: "prod") == "")
        sts.setAhead(by: 7200)
        try home.write(
            usual.replacing("[profile prod]", with: "[profile prod]\nrole_session_name = again"), to: ".aws/config")
        #expect(home.process("prod") == nil)
        #expect(try home.line("clock: ", of: "prod") == "this machine's is 2h behind AWS's")
    }

    @Test func aYesIsAskedForBeforeACode() throws {
        let home = try TestHome(
            config: usual.replacing("[profile prod]", with: "[profile prod]\nwarder_confirm = true"))
        try home.makeVault()
        try home.unlock()
        #expect(
            try home.line("next: ", of: "prod") == "2 requests, asks for a yes to the use of prod and an MFA code")
        try home.startAnew()
        #expect(
            try home.line("next: ", of: "prod")
                == "asks for a yes to the use of prod; then, if no session is cached, at most 2 requests and an MFA code "
                + "(warder unlock shows what is cached)")
    }
}
