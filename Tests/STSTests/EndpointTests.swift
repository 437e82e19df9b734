import STS
import Testing
import Transport

@Suite("Endpoints")
struct EndpointTests {
    private func endpoint(
        _ service: Service = .sts, region: String? = nil, in environment: [String: String] = [:],
        _ change: (inout EndpointConfiguration) -> Void = { _ in }
    ) throws -> Endpoint {
        var settings = EndpointConfiguration()
        settings.region = region
        change(&settings)
        return try Endpoint(of: service, settings, environment: { environment[$0] })
    }

    static let hosts: [(String?, String, String, String)] = [
        ("eu-west-1", "", "sts.eu-west-1.amazonaws.com", "eu-west-1"),
        ("cn-north-1", "", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("us-gov-west-1", "", "sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("eusc-de-east-1", "", "sts.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("us-iso-east-1", "", "sts.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        ("us-isob-east-1", "", "sts.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ("eu-isoe-west-1", "", "sts.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
        ("us-isof-south-1", "", "sts.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
        ("xx-new-1", "", "sts.xx-new-1.amazonaws.com", "xx-new-1"),
        ("aws-global", "", "sts.amazonaws.com", "us-east-1"),
        (nil, "", "sts.us-east-1.amazonaws.com", "us-east-1"),
        (nil, "dual", "sts.us-east-1.api.aws", "us-east-1"),
        (nil, "legacy", "sts.amazonaws.com", "us-east-1"),
        ("aws-global", "legacy", "sts.amazonaws.com", "us-east-1"),
        ("aws-cn-global", "", "sts.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
        ("us-east-1", "fips", "sts-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("us-gov-west-1", "fips", "sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("eu-west-1", "dual", "sts.eu-west-1.api.aws", "eu-west-1"),
        ("cn-north-1", "dual", "sts.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1"),
        ("us-east-1", "fips dual", "sts-fips.us-east-1.api.aws", "us-east-1"),
        ("us-gov-east-1", "fips dual", "sts-fips.us-gov-east-1.api.aws", "us-gov-east-1"),
        (nil, "fips", "sts-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("aws-global", "dual", "sts.us-east-1.api.aws", "us-east-1"),
        ("eu-west-1", "legacy", "sts.amazonaws.com", "us-east-1"),
        ("us-east-1", "legacy", "sts.amazonaws.com", "us-east-1"),
        ("eu-south-1", "legacy", "sts.eu-south-1.amazonaws.com", "eu-south-1"),
        ("cn-north-1", "legacy", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("us-east-1", "legacy fips", "sts-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("eu-west-1", "regional", "sts.eu-west-1.amazonaws.com", "eu-west-1"),
    ]

    static let partitions = [
        ("aws", "sts.us-east-1.amazonaws.com", "us-east-1"),
        ("aws-cn", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("aws-us-gov", "sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("aws-eusc", "sts.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("aws-iso", "sts.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        ("aws-iso-b", "sts.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ("ceph", "sts.us-east-1.amazonaws.com", "us-east-1"),
    ]

    @Test("without a region, STS is asked where the partition of the profile's ARNs began", arguments: partitions)
    func withoutRegion(partition: String, host: String, signingRegion: String) throws {
        let found = try endpoint { $0.partition = partition }
        #expect(found.url.host == host && found.signingRegion == signingRegion)
        #expect(try endpoint(region: "eu-west-1") { $0.partition = partition }.signingRegion == "eu-west-1")
        #expect(
            try endpoint(in: ["AWS_REGION": "aws-global"]) { $0.partition = partition }.url.host == "sts.amazonaws.com")
    }

    @Test("of STS follow region, FIPS, dual stack and the legacy setting", arguments: hosts)
    func sts(region: String?, flags: String, host: String, signingRegion: String) throws {
        let flags = flags.split(separator: " ")
        let regional = flags.contains("legacy") ? "legacy" : flags.contains("regional") ? "Regional" : nil
        let bySetting = try endpoint(region: region) {
            $0.useFIPSEndpoint = flags.contains("fips") ? "true" : nil
            $0.useDualStackEndpoint = flags.contains("dual") ? "True" : nil
            $0.stsRegionalEndpoints = regional
        }
        #expect(bySetting.url.text == "https://\(host)/")
        #expect(bySetting.signingRegion == signingRegion)
        #expect(!bySetting.isCustom)

        var environment = ["AWS_REGION": region ?? ""]
        environment["AWS_USE_FIPS_ENDPOINT"] = flags.contains("fips") ? "TRUE" : "false"
        environment["AWS_USE_DUALSTACK_ENDPOINT"] = flags.contains("dual") ? "true" : "false"
        environment["AWS_STS_REGIONAL_ENDPOINTS"] = regional
        #expect(try endpoint(in: environment) == bySetting)
    }

    @Test(
        "of IAM are one a partition",
        arguments: [
            (nil, "", "iam.amazonaws.com", "us-east-1"), ("eu-west-1", "", "iam.amazonaws.com", "us-east-1"),
            ("eu-west-1", "fips", "iam-fips.amazonaws.com", "us-east-1"),
            ("eu-west-1", "dual", "iam.global.api.aws", "us-east-1"),
            ("cn-northwest-1", "", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("us-gov-east-1", "", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("us-gov-east-1", "fips", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("us-gov-east-1", "dual", "iam.us-gov.api.aws", "us-gov-west-1"),
            ("us-isob-west-1", "", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
            ("eusc-de-east-1", "", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ] as [(String?, String, String, String)])
    func iam(region: String?, flags: String, host: String, signingRegion: String) throws {
        let endpoint = try endpoint(.iam, region: region) {
            $0.useFIPSEndpoint = String(flags == "fips")
            $0.useDualStackEndpoint = String(flags == "dual")
        }
        #expect(endpoint.url.text == "https://\(host)/")
        #expect(endpoint.signingRegion == signingRegion)
    }

    static let s3Hosts: [(String?, String, String, String)] = [
        ("eu-west-1", "", "s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("us-east-1", "", "s3.us-east-1.amazonaws.com", "us-east-1"),
        ("eu-west-1", "fips", "s3-fips.eu-west-1.amazonaws.com", "eu-west-1"),
        ("eu-west-1", "dual", "s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1"),
        ("eu-west-1", "fips dual", "s3-fips.dualstack.eu-west-1.amazonaws.com", "eu-west-1"),
        ("cn-north-1", "", "s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("cn-north-1", "dual", "s3.dualstack.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("us-gov-west-1", "", "s3.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("us-gov-east-1", "fips", "s3-fips.us-gov-east-1.amazonaws.com", "us-gov-east-1"),
        ("us-gov-east-1", "fips dual", "s3-fips.dualstack.us-gov-east-1.amazonaws.com", "us-gov-east-1"),
        ("eusc-de-east-1", "", "s3.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("us-iso-east-1", "", "s3.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        ("us-isob-east-1", "fips", "s3-fips.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
        ("eu-isoe-west-1", "", "s3.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
        ("us-isof-south-1", "", "s3.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
        ("xx-new-1", "", "s3.xx-new-1.amazonaws.com", "xx-new-1"),
        ("aws-global", "", "s3.amazonaws.com", "us-east-1"),
        ("aws-global", "fips", "s3-fips.us-east-1.amazonaws.com", "us-east-1"),
        ("aws-global", "dual", "s3.dualstack.us-east-1.amazonaws.com", "us-east-1"),
        (nil, "", "s3.us-east-1.amazonaws.com", "us-east-1"),
        // A setting of STS alone.
        ("eu-west-1", "legacy", "s3.eu-west-1.amazonaws.com", "eu-west-1"),
    ]

    @Test("of S3 follow region, FIPS and dual stack", arguments: s3Hosts)
    func s3(region: String?, flags: String, host: String, signingRegion: String) throws {
        let endpoint = try endpoint(.s3, region: region) {
            $0.useFIPSEndpoint = String(flags.contains("fips"))
            $0.useDualStackEndpoint = String(flags.contains("dual"))
            $0.stsRegionalEndpoints = flags == "legacy" ? "legacy" : nil
        }
        #expect(endpoint.url.text == "https://\(host)/")
        #expect(endpoint.signingRegion == signingRegion && !endpoint.isCustom)
    }

    @Test("of S3 with FIPS are not in China")
    func noFIPS() {
        #expect(throws: STSError.noFIPS(partition: "aws-cn")) {
            _ = try endpoint(.s3, region: "cn-north-1") { $0.useFIPSEndpoint = "true" }
        }
    }

    @Test("of one's own are taken in the order of the SDKs")
    func order() throws {
        let names = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]
        for first in 0..<4 {
            var environment: [String: String] = [:]
            for (index, name) in names.enumerated() {
                environment[name] = index >= first ? "https://place\(index)" : ""
            }
            let endpoint = try endpoint(region: "eu-west-1", in: environment) {
                $0.serviceEndpointURL = first <= 2 ? "https://place2" : nil
                $0.endpointURL = "https://place3"
            }
            #expect(endpoint.url.text == "https://place\(first)/")
            #expect(endpoint.signingRegion == "eu-west-1")
            #expect(endpoint.isCustom)
        }
        let urls = ["AWS_ENDPOINT_URL_STS": "https://a", "AWS_ENDPOINT_URL_IAM": "https://b/base"]
        #expect(try endpoint(.iam, in: urls).url.text == "https://b/base")
        let s3 = try endpoint(.s3, region: "eu-west-1", in: urls.merging(["AWS_ENDPOINT_URL_S3": "https://c"]) { $1 })
        #expect(s3.url.text == "https://c/" && s3.signingRegion == "eu-west-1")
    }

    @Test("of one's own can be ignored")
    func ignored() throws {
        let environment = [
            "AWS_ENDPOINT_URL": "https://a", "AWS_ENDPOINT_URL_STS": "https://b",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        ]
        #expect(
            try endpoint(in: environment) { $0.endpointURL = "https://c" }.url.host == "sts.us-east-1.amazonaws.com")
        #expect(
            try endpoint {
                $0.endpointURL = "https://c"
                $0.ignoreConfiguredEndpointURLs = "true"
            }.url.host == "sts.us-east-1.amazonaws.com")
        // The environment's word counts.
        #expect(
            try endpoint(in: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"]) {
                $0.endpointURL = "https://c"
                $0.ignoreConfiguredEndpointURLs = "true"
            }.url.host == "c")
    }

    @Test("of one's own sign for us-east-1 where there is no region")
    func signingRegion() throws {
        let environment = ["AWS_ENDPOINT_URL": "http://localhost:4566"]
        #expect(try endpoint(in: environment).signingRegion == "us-east-1")
        #expect(try endpoint(region: "aws-global", in: environment).signingRegion == "us-east-1")
        #expect(try endpoint(region: "cn-north-1", in: environment).signingRegion == "cn-north-1")
    }

    @Test("take the region from the environment first")
    func region() throws {
        #expect(
            try endpoint(region: "eu-west-1", in: ["AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"])
                .signingRegion == "eu-west-2")
        #expect(try endpoint(region: "eu-west-1", in: ["AWS_DEFAULT_REGION": "eu-west-3"]).signingRegion == "eu-west-3")
        #expect(try endpoint(region: "eu-west-1", in: ["AWS_REGION": ""]).signingRegion == "eu-west-1")
    }

    @Test("are refused where a setting makes no sense")
    func refused() {
        #expect(throws: STSError.malformedRegion("evil.com/#")) { _ = try endpoint(region: "evil.com/#") }
        #expect(throws: STSError.malformedRegion("a b")) {
            _ = try endpoint(region: "a b", in: ["AWS_ENDPOINT_URL": "https://a"])
        }
        #expect(throws: STSError.malformedSetting(name: "AWS_USE_FIPS_ENDPOINT", value: "1")) {
            _ = try endpoint(in: ["AWS_USE_FIPS_ENDPOINT": "1"])
        }
        #expect(throws: STSError.malformedSetting(name: "AWS_STS_REGIONAL_ENDPOINTS", value: "global")) {
            _ = try endpoint { $0.stsRegionalEndpoints = "global" }
        }
        let custom = ["AWS_ENDPOINT_URL": "https://a"]
        #expect(throws: STSError.customEndpoint(setting: "use_fips_endpoint")) {
            _ = try endpoint(in: custom) { $0.useFIPSEndpoint = "true" }
        }
        #expect(throws: STSError.customEndpoint(setting: "use_dualstack_endpoint")) {
            _ = try endpoint(in: custom) { $0.useDualStackEndpoint = "true" }
        }
        #expect(throws: STSError.malformedEndpoint(.insecureURL(host: "sts.internal"))) {
            _ = try endpoint(in: ["AWS_ENDPOINT_URL": "http://sts.internal"])
        }
        #expect(throws: STSError.malformedEndpoint(.malformedURL("sts.internal"))) {
            _ = try endpoint(in: ["AWS_ENDPOINT_URL": "sts.internal"])
        }
    }
}
