import Foundation
import STS
import Testing

@Suite("Partitions")
struct PartitionTests {
    struct Table: Decodable {
        struct Entry: Decodable {
            struct Outputs: Decodable {
                let dnsSuffix: String
                let dualStackDnsSuffix: String
                let implicitGlobalRegion: String
                let supportsDualStack: Bool
                let supportsFIPS: Bool
            }
            let id: String
            let regionRegex: String
            let regions: [String: [String: String]]
            let outputs: Outputs
        }
        let partitions: [Entry]
    }

    private func table() throws -> Table {
        let folder = try #require(vectors)
        return try JSONDecoder().decode(Table.self, from: Data(contentsOf: folder.appending(path: "partitions.json")))
    }

    @Test("are those of the SDKs", .enabled(if: vectors != nil, "WARDER_VECTORS is not set"))
    func regions() throws {
        let entries = try table().partitions
        #expect(entries.count == 8)
        for entry in entries {
            for region in entry.regions.keys {
                let partition = try Partition(region: region)
                #expect(partition.name == entry.id, "\(region)")
                #expect(partition.dnsSuffix == entry.outputs.dnsSuffix)
                #expect(partition.dualStackSuffix == entry.outputs.dualStackDnsSuffix)
                #expect(partition.implicitGlobalRegion == entry.outputs.implicitGlobalRegion)
            }
            // What `Endpoint` takes for granted.
            #expect(entry.outputs.supportsFIPS && entry.outputs.supportsDualStack)
        }
    }

    @Test("have the regions that warder knows by name", .enabled(if: vectors != nil, "WARDER_VECTORS is not set"))
    func names() throws {
        let regions = try table().partitions.flatMap(\.regions.keys).filter { !$0.hasSuffix("-global") }
        #expect(knownRegions == regions.sorted())
    }

    @Test("claim what their patterns match", .enabled(if: vectors != nil, "WARDER_VECTORS is not set"))
    func patterns() throws {
        let entries = try table().partitions
        let prefixes = [
            "us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", "cn", "us-gov", "us-iso", "us-isob", "eu-isoe",
            "us-isof", "eusc-de", "eusc", "xx", "usx", "us-isog", "a-us",
        ]
        for prefix in prefixes {
            for rest in ["west-1", "new-12", "1-1", "west", "west-1a", "west-", "-1", "a-b-1", "west-1-x", ""] {
                let region = prefix + "-" + rest
                guard let partition = try? Partition(region: region) else { continue }
                let matching = try entries.first { try isMatch(region, $0.regionRegex) }
                #expect(partition.name == matching?.id ?? "aws", "\(region)")
            }
        }
    }

    private func isMatch(_ text: String, _ pattern: String) throws -> Bool {
        try NSRegularExpression(pattern: pattern)
            .firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }

    @Test("take a region that is newer than the table for one of aws", arguments: ["xx-south-1", "eu-new", "moon-1"])
    func newer(region: String) throws { #expect(try Partition(region: region).name == "aws") }

    @Test(
        "have no region that could lead elsewhere",
        arguments: [
            "", "evil.com/#", "us-east-1.evil.com", "us-east-1/", "us-east-1#", "us-east-1?", "us-east-1@evil",
            "us-east-1:443", "us east-1", "us-east-1\n", "-us-east-1", "us-east-1-", "US-EAST-1", "us-éast-1",
            "us-ea_st-1", "12345", "us-east-1%2e", String(repeating: "a", count: 64),
        ])
    func malformed(region: String) {
        #expect(throws: STSError.malformedRegion(region)) { _ = try Partition(region: region) }
    }
}
