import Chains
import Profiles
import Testing

@Suite("Regions and endpoints")
struct RegionTests {
    static let chained = """
        [profile p]
        role_arn = arn:aws-cn:iam::222222222222:role/R
        source_profile = q
        services = s
        use_fips_endpoint = True
        ca_bundle = /ca
        [profile q]
        role_arn = arn:aws-cn:iam::222222222222:role/Q
        source_profile = k
        region = cn-q
        use_dualstack_endpoint = true
        mfa_process = print
        [profile k]
        region = cn-k
        mfa_process = never
        [services s]
        sts =
          endpoint_url = http://localhost:1
        """

    @Test func takesTheNearestRegion() throws {
        let chain = try resolve("p", Self.chained, keys: ["k"])
        #expect(chain.region == Setting(value: "cn-q", origin: line(10)))
        #expect(chain.session?.region?.value == "cn-k")
        #expect(chain.roles.map { $0.region?.value } == ["cn-q", "cn-q"])
        #expect((0..<3).map { chain.effectiveRegion(ofStep: $0) { _ in nil } } == ["cn-k", "cn-q", "cn-q"])
        #expect(chain.partition == "aws-cn")
        #expect(chain.mfaProcess?.value == "print")
    }

    static let environments: [([String: String], String)] = [
        ([:], "cn-q"), (["AWS_DEFAULT_REGION": "d"], "d"), (["AWS_DEFAULT_REGION": "d", "AWS_REGION": "r"], "r"),
        (["AWS_REGION": ""], "cn-q"),
    ]

    @Test(arguments: environments)
    func letsTheEnvironmentWin(_ environment: [String: String], _ region: String) throws {
        let chain = try resolve("p", Self.chained, keys: ["k"])
        #expect(chain.effectiveRegion { environment[$0] } == region)
        #expect(chain.effectiveRegion(ofStep: 2) { environment[$0] } == region)
    }

    @Test func hasNoRegionWhereNoneIsSaid() throws {
        let chain = try resolve("p", "[profile p]\nregion =", keys: ["p"])
        #expect(chain.effectiveRegion { _ in nil } == nil)
        #expect(chain.partition == nil)
    }

    @Test func takesEndpointsFromTheProfileItself() throws {
        let endpoint = try resolve("p", Self.chained, keys: ["k"]).endpoint
        #expect(endpoint.stsURL == Setting(value: "http://localhost:1", origin: line(18)))
        #expect(endpoint.url == nil)
        #expect(!endpoint.ignoresURLs)
        #expect(endpoint.usesFIPS == true)
        #expect(endpoint.usesDualStack == nil)
        #expect(endpoint.stsRegional == nil)
        #expect(endpoint.caBundle?.value == "/ca")
    }

    @Test func takesEverySettingOfEndpoints() throws {
        let endpoint = try resolve(
            "p",
            "[profile p]\nendpoint_url = u\nignore_configured_endpoint_urls = true\nuse_dualstack_endpoint = false\n"
                + "sts_regional_endpoints = legacy", keys: ["p"]
        ).endpoint
        #expect(endpoint.url?.value == "u")
        #expect(endpoint.ignoresURLs)
        #expect(endpoint.usesDualStack == false)
        #expect(endpoint.usesFIPS == nil)
        #expect(endpoint.stsRegional?.value == "legacy")
    }
}
