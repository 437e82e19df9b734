import STS
import Testing

@Suite("Partitions by name")
struct PartitionNameTests {
    @Test(
        "each has a region that it goes by",
        arguments: [("aws", "us-east-1"), ("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-1")])
    func named(name: String, region: String) { #expect(Partition(named: name)?.implicitGlobalRegion == region) }

    @Test("a name that AWS does not have is none", arguments: ["", "AWS", "aws-", "evil"])
    func unknown(name: String) { #expect(Partition(named: name) == nil) }
}
