import Failures
import Issuing
import RoomSupport
import Setup
import Synchronization
import Testing
import Transport

@Suite("Sessions for the console", .waits)
struct ConsoleTests {
    private static let readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    private static let chained = """
        [profile chained]
        role_arn = \(Rig.audit)
        source_profile = prod
        [profile web]
        region = eu-west-1
        role_arn = \(Rig.admin)
        web_identity_token_file = ~/jwt
        [profile program]
        region = eu-west-1
        warder_credential_process = cat $HOME/program.json
        [profile behind-program]
        role_arn = \(Rig.admin)
        source_profile = program
        [profile instance]
        region = eu-west-1
        role_arn = \(Rig.admin)
        credential_source = Ec2InstanceMetadata

        """

    /// A home at whose federation endpoint each session gets a token.
    private struct Setting {
        let rig: Rig
        let endpoint: ReplayingSender
        /// What the endpoint answers in place of a token.
        let replies = ReplyQueue()

        init(_ profiles: String = Rig.profiles + ConsoleTests.chained, region: String? = nil) throws {
            let replies = replies
            let endpoint = ReplayingSender { _ in replies.next() ?? .answer(200, #"{"SigninToken":"t0ken"}"#) }
            let clock = TestClock()
            let sts = TestSTS(clock)
            rig = try Rig(
                region.map { profiles.replacing("eu-west-1", with: $0) } ?? profiles, clock: clock,
                sender: ReplayingSender { request in
                    request.url.hasSuffix("/federation") ? endpoint.reply(to: request) : sts.sender.reply(to: request)
                }, sts: sts)
            self.endpoint = endpoint
            try rig.home.write("a.b.c", to: "jwt")
        }

        func url(_ profile: String, _ change: (inout ConsoleRequest) -> Void = { _ in }) throws(Failure) -> String {
            var request = ConsoleRequest(profile: profile)
            change(&request)
            return text(
                try ConsoleSession(rig.home.context(noPrompt: true), request, givenOutBy: "console").loginURL())
        }

        func failure(_ profile: String, _ change: (inout ConsoleRequest) -> Void = { _ in }) -> Failure? {
            failureOf { () throws(Failure) in try url(profile, change) }
        }
    }

    @Test("a role's may last as long as is wanted; another role's role may not", arguments: ["prod", "web"])
    func durations(profile: String) throws {
        let setting = try Setting(Rig.plainProfiles + Self.chained)
        _ = try setting.url(profile) { $0.duration = 28_800 }
        #expect(setting.endpoint.requests.map { $0.form["SessionDuration"] } == ["28800"])
        let (asked, requests) = (setting.rig.sts.requests.count, setting.endpoint.requests.count)
        for profile in ["chained", "instance"] {
            let failure = try #require(setting.failure(profile) { $0.duration = 3600 })
            #expect(failure.code == .usage && failure.hint.contains("--duration"))
        }
        #expect(setting.rig.sts.requests.count == asked && setting.endpoint.requests.count == requests)
        _ = try setting.url("chained")
        #expect(setting.endpoint.requests.last?.form["SessionDuration"] == nil)
    }

    @Test("a key gets a federated user, with the policies of the command line alone")
    func federated() throws {
        let setting = try Setting()
        _ = try setting.url("alice") {
            $0.policy = .given(Self.readOnly)
            $0.duration = 7200
        }
        let request = try #require(setting.rig.sts.requests.first)
        #expect(setting.rig.sts.actions == ["GetFederationToken"] && request.signer == "AKIAALICE")
        #expect(request.form["Name"] == "warder-alice" && request.form["DurationSeconds"] == "7200")
        #expect(request.form["PolicyArns.member.1.arn"] == Self.readOnly && request.form["TokenCode"] == nil)
        let sent = try #require(setting.endpoint.requests.first)
        #expect(sent.form["SessionDuration"] == nil && sent.form["Session"]?.contains("ASIA000000000001") == true)
        #expect(setting.rig.home.console.lines.contains { $0.contains("without MFA") })
        #expect(setting.rig.home.events.kinds == [.minted, .served])
    }

    @Test("each time anew: what the policy allows is no part of the cache")
    func notCached() throws {
        let setting = try Setting()
        for policy in [ConsolePolicy.readOnly, .given(#"{"Statement":[]}"#)] {
            _ = try setting.url("alice") { $0.policy = policy }
        }
        #expect(setting.rig.sts.actions == ["GetFederationToken", "GetFederationToken"])
        #expect(setting.rig.sts.requests.last?.form["Policy"] == #"{"Statement":[]}"#)
    }

    @Test("a key without a policy is refused before AWS is asked")
    func noPolicy() throws {
        let setting = try Setting()
        let failure = try #require(setting.failure("alice"))
        #expect(failure.code == .usage && failure.hint.contains("--policy") && failure.hint.contains("role_arn"))
        #expect(setting.rig.sts.requests.isEmpty && setting.endpoint.requests.isEmpty)
        #expect(setting.rig.home.events.kinds == [.failed])
    }

    @Test(
        "a federated user's name is one that STS takes",
        arguments: ["a", "prod/eu:1", String(repeating: "k", count: 60)])
    func names(profile: String) throws {
        let setting = try Setting(
            "[profile \(profile)]\nregion = eu-west-1\naws_access_key_id = AKIAP\naws_secret_access_key = s\n")
        _ = try setting.url(profile) { $0.policy = .readOnly }
        let name = try #require(setting.rig.sts.requests.first?.form["Name"])
        #expect(name.wholeMatch(of: /[\w+=,.@-]{2,32}/) != nil, "\(name)")
    }

    @Test(
        "the partition is the role's, or the region's",
        arguments: [
            ("aws-cn", "cn-north-1", "https://signin.amazonaws.cn/", "cn-north-1.console.amazonaws.cn"),
            (
                "aws-us-gov", "us-gov-west-1", "https://signin.amazonaws-us-gov.com/",
                "us-gov-west-1.console.amazonaws-us-gov.com"
            ),
            ("aws", "eu-central-1", "https://signin.aws.amazon.com/", "eu-central-1.console.aws.amazon.com"),
        ])
    func partitions(name: String, region: String, endpoint: String, console: String) throws {
        let profiles = Rig.plainProfiles.replacing("arn:aws:", with: "arn:\(name):")
        let setting = try Setting(profiles, region: region)
        for profile in ["prod", "alice"] {
            let url = try setting.url(profile) { $0.policy = .readOnly }
            #expect(url.hasPrefix(endpoint) && url.contains(console), "\(url)")
        }
        #expect(setting.endpoint.requests.allSatisfy { $0.url.hasPrefix(endpoint) })
        let policy = try #require(setting.rig.sts.requests.last?.form["PolicyArns.member.1.arn"])
        #expect(policy == "arn:\(name):iam::aws:policy/ReadOnlyAccess")
    }

    @Test("what AWS refuses is no session that was given out")
    func refused() throws {
        let setting = try Setting(Rig.plainProfiles)
        setting.replies.add([.answer(400, "<html>no</html>")])
        let failure = try #require(setting.failure("prod"))
        #expect(failure.code == .refused && setting.rig.home.events.kinds == [.minted, .refused])
    }
}
