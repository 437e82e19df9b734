import Failures
import Issuing
import RoomSupport
import Secrets
import Testing

@Suite("Where requests go")
struct EndpointTests {
    private func rig(_ lines: String, role: String = Rig.admin) throws -> Rig {
        try Rig(
            "[profile p]\nrole_arn = \(role)\nsource_profile = p\naws_access_key_id = AKIAPLAIN\n"
                + "aws_secret_access_key = s\n\(lines)\n", credentials: "")
    }

    @Test(
        "without a region, to the partition's own",
        arguments: [
            ("aws", "https://sts.us-east-1.amazonaws.com/"), ("aws-cn", "https://sts.cn-north-1.amazonaws.com.cn/"),
            ("aws-us-gov", "https://sts.us-gov-west-1.amazonaws.com/"),
        ])
    func partition(name: String, url: String) throws {
        let rig = try rig("", role: "arn:\(name):iam::222222222222:role/R")
        try rig.key(of: "p")
        #expect(rig.sts.requests.map(\.url) == [url])
        #expect(try rig.issuer("p").sessionMaker.stsEndpoint().url.text == url)
    }

    @Test("the environment's region beats the profile's, and the first of its variables the second")
    func environment() throws {
        let rig = try rig("region = eu-west-1")
        func url() throws -> String { try rig.issuer("p").sessionMaker.stsEndpoint().url.text }
        #expect(try url() == "https://sts.eu-west-1.amazonaws.com/")
        rig.home.set("AWS_DEFAULT_REGION", "eu-north-1")
        #expect(try url() == "https://sts.eu-north-1.amazonaws.com/")
        rig.home.set("AWS_REGION", "us-west-2")
        #expect(try url() == "https://sts.us-west-2.amazonaws.com/")
        rig.home.set("AWS_REGION", "aws-global")
        #expect(try url() == "https://sts.amazonaws.com/")
        // The region for programs is the profile's all the same.
        #expect(try rig.issuer("p").region == "eu-west-1")
    }

    @Test("what cannot be a region is named by where it is said", arguments: [nil, "AWS_REGION"])
    func badRegion(variable: String?) throws {
        let rig = try rig("region = \(variable == nil ? "EU-WEST-2" : "eu-west-1")")
        if let variable { rig.home.set(variable, "EU-WEST-2") }
        let failure = rig.failure(of: "p")
        #expect(failure?.code == .badConfig)
        #expect(failure?.fault == "bad_value")
        #expect(failure?.hint == "write it as eu-west-2")
        #expect(failure?.origin == variable || failure?.origin?.hasSuffix("/.aws/config:6") == true)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("an endpoint of one's own is named by where it is said")
    func own() throws {
        let rig = try rig("endpoint_url = http://127.0.0.1:9/x")
        #expect(try rig.issuer("p").sessionMaker.endpointOrigin?.line == 6)
        try rig.key(of: "p")
        #expect(rig.sts.requests.map(\.url) == ["http://127.0.0.1:9/x"])
        rig.home.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:8")
        #expect(try rig.issuer("p").sessionMaker.endpointOrigin?.path == "AWS_ENDPOINT_URL_STS")
        rig.home.set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        #expect(try rig.issuer("p").sessionMaker.endpointOrigin == nil)
    }

    @Test("one that is none is the config's failure", arguments: ["http://sts.example.com", "sts", "ftp://127.0.0.1"])
    func badEndpoint(url: String) throws {
        let rig = try rig("region = eu-west-1\nendpoint_url = \(url)")
        let failure = rig.failure(of: "p")
        #expect(failure?.code == .badConfig)
        #expect(failure?.origin?.hasSuffix("/.aws/config:7") == true)
        #expect(rig.sts.requests.isEmpty)
    }

    @Test("FIPS beside an endpoint of one's own is a conflict")
    func conflict() throws {
        let rig = try rig("region = eu-west-1\nuse_fips_endpoint = true\nendpoint_url = http://127.0.0.1:9")
        let failure = rig.failure(of: "p")
        #expect(failure?.code == .badConfig && failure?.fault == "endpoint_conflict")
    }

    @Test("every setting may be empty")
    func emptySettings() throws {
        let names = [
            "aws_session_token", "region", "role_session_name", "external_id", "duration_seconds", "policy",
            "policy_arns", "session_tags", "transitive_session_tags", "source_identity", "mfa_serial", "mfa_process",
            "credential_source", "web_identity_token_file", "sso_session", "sso_account_id", "sso_role_name",
            "sso_region", "sso_start_url", "credential_process", "endpoint_url", "services",
            "ignore_configured_endpoint_urls", "use_fips_endpoint", "use_dualstack_endpoint",
            "sts_regional_endpoints", "ca_bundle", "include_profile", "warder_key", "warder_session",
            "warder_session_duration", "warder_policy_file", "warder_confirm", "warder_callers",
            "ec2_metadata_service_endpoint", "metadata_service_timeout",
        ]
        let rig = try rig(names.map { "\($0) = # none" }.joined(separator: "\n"))
        try rig.key(of: "p")
        #expect(Set(rig.sts.requests[0].form.keys) == ["Action", "Version", "RoleArn", "RoleSessionName"])
    }

    // MARK: - Who somebody is

    @Test("whose credentials they are is asked at the profile's endpoint")
    func callerIdentity() throws {
        let rig = try rig("region = eu-west-1")
        let issuer = try rig.issuer("p")
        let credentials = try issuer.credentials()
        #expect(try issuer.sessionMaker.callerIdentity(credentials).arn == "arn:aws:iam::111111111111:user/alice")
        #expect(rig.sts.actions == ["AssumeRole", "GetCallerIdentity"])
        #expect(rig.sts.requests.last?.url == "https://sts.eu-west-1.amazonaws.com/")
    }

    @Test("a key that is not stored yet is asked about where its profile says, or the region given")
    func directCalls() throws {
        let rig = try rig("region = eu-west-1")
        let key = Credentials(
            accessKeyID: "AKIANEW", secret: secret("secret-of-new"), sessionToken: nil, expiration: nil, accountID: nil)
        let calls = try DirectCalls(try rig.home.context(), profile: "p", region: nil)
        #expect(try calls.callerIdentity(key).account == "111111111111")
        _ = try DirectCalls(try rig.home.context(), profile: "p", region: "us-west-2").callerIdentity(key)
        _ = try DirectCalls(try rig.home.context(), profile: "nobody", region: "eu-north-1").callerIdentity(key)
        #expect(
            rig.sts.requests.map(\.url) == [
                "https://sts.eu-west-1.amazonaws.com/", "https://sts.us-west-2.amazonaws.com/",
                "https://sts.eu-north-1.amazonaws.com/",
            ])
        rig.sts.next(TestSTS.refusal("InvalidClientTokenId"))
        let failure = failureOf { () throws(Failure) in try calls.callerIdentity(key) }
        #expect(failure?.code == .refused)
        #expect(failure?.message.hasPrefix("AWS refused to check the key") == true)
    }

    @Test("the devices of its user are asked of IAM")
    func devices() throws {
        let body = """
            <ListMFADevicesResponse><ListMFADevicesResult><MFADevices><member><UserName>alice</UserName>
            <SerialNumber>\(Rig.device)</SerialNumber><EnableDate>2024-01-01T00:00:00Z</EnableDate></member></MFADevices>
            <IsTruncated>false</IsTruncated></ListMFADevicesResult></ListMFADevicesResponse>
            """
        let sender = ReplayingSender([.answer(200, body)])
        let rig = try Rig("[profile p]\nregion = eu-west-1\n", credentials: "", sender: sender)
        let key = Credentials(
            accessKeyID: "AKIANEW", secret: secret("secret-of-new"), sessionToken: nil, expiration: nil, accountID: nil)
        let calls = try DirectCalls(try rig.home.context(), profile: "p", region: nil)
        #expect(try calls.mfaDevices(key) == [Rig.device])
        #expect(sender.requests.first?.url == "https://iam.amazonaws.com/")
    }
}
