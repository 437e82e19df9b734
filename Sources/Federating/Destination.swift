import STS
import Text

/// The page of the console that a sign-in leads to.
public struct Destination: Equatable, Sendable {
    /// Its URL.
    public let url: String

    /// The start page of the console or of a service.
    ///
    /// - Parameters:
    ///   - service: the name of a service, as the console's addresses or the AWS CLI have it.
    ///   - region: the region to look at; nil for the one that the console shows by itself.
    /// - Throws: `.malformedService`, `.malformedRegion`, `.foreignRegion`.
    public init(_ service: String?, in region: String?, at site: ConsoleSite) throws(DestinationError) {
        if let region { try site.check(region) }
        let page = try service.map(path) ?? "console"
        url = "https://\(site.host(in: region))/\(page)/home" + (region.map { "?region=" + $0 } ?? "")
    }

    /// A page of the console.
    ///
    /// A user would trust a sign-in link to another site because of AWS's name in it.
    ///
    /// - Throws: `.malformedURL`, `.elsewhere`.
    public init(page: String, at site: ConsoleSite) throws(DestinationError) {
        let scheme = "https://"
        guard page.begins(with: scheme), page.utf8.count <= 2048,
            page.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") })
        else { throw .malformedURL }
        let host = page.utf8.dropFirst(scheme.utf8.count)
            .prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isWordByte) }) else { throw .malformedURL }
        guard site.isConsole(String(Substring(host))) else { throw .elsewhere(console: site.console) }
        url = page
    }
}

extension ConsoleSite {
    fileprivate func check(_ region: String) throws(DestinationError) {
        let other: Partition
        do throws(STSError) { other = try Partition(region: region) } catch { throw .malformedRegion }
        guard other == partition else { throw .foreignRegion(partition: other.name) }
    }
}

/// What the console calls a service in its addresses.
private func path(of service: String) throws(DestinationError) -> String {
    let words = service.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard service.utf8.count <= 64, words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isWordByte) }) else {
        throw .malformedService
    }
    return pages[service] ?? service
}

/// Services that the console names differently from the AWS CLI.
private let pages = [
    "cfn": "cloudformation", "dynamodb": "dynamodbv2", "ecs": "ecs/v2", "logs": "cloudwatch",
    "route53": "route53/v2", "sfn": "states", "sns": "sns/v3", "sqs": "sqs/v3", "ssm": "systems-manager",
    "stepfunctions": "states", "vpc": "vpcconsole",
]

/// A letter, a digit or a hyphen.
private func isWordByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-")
}
