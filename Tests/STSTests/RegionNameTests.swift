import STS
import Testing

@Suite("Regions by name")
struct RegionNameTests {
    static let hosts: [(String, String?)] = [
        ("sts.eu-wst-1.amazonaws.com", "eu-wst-1"), ("sts-fips.us-est-1.amazonaws.com", "us-est-1"),
        ("sts.eu-wst-1.api.aws", "eu-wst-1"), ("sts.cn-nort-1.amazonaws.com.cn", "cn-nort-1"),
        ("oidc.eu-wst-1.amazonaws.com", "eu-wst-1"), ("portal.sso.eu-wst-1.amazonaws.com", "eu-wst-1"),
        ("sts.eu-west-1.amazonaws.com", nil), ("sts.us-gov-west-1.amazonaws.com", nil),
        ("sts.cn-north-1.amazonaws.com.cn", nil), ("sts.amazonaws.com", nil), ("iam.amazonaws.com", nil),
        ("iam.us-gov.amazonaws.com", nil), ("iam.global.api.aws", nil), ("localhost", nil),
        ("sts.eu-wst-1.example", nil),
    ]

    @Test(arguments: hosts)
    func theOneThatIsNotKnown(_ host: String, _ region: String?) { #expect(unknownRegion(inHost: host) == region) }

    @Test func standEachOnce() { #expect(knownRegions == Set(knownRegions).sorted()) }
}
