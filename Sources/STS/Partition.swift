import Text

/// An AWS partition: regions that share DNS names and accounts.
///
/// The table is that of the SDKs (`partitions.json`).
public struct Partition: Equatable, Sendable {
    /// `aws`, `aws-cn`, …, as the second field of an ARN.
    public let name: String
    /// The suffix of its host names.
    public let dnsSuffix: String
    /// The suffix of its dual-stack host names, which also answer over IPv6.
    public let dualStackSuffix: String
    /// The region that its global services sign for.
    public let implicitGlobalRegion: String
    /// The prefixes in the names of its regions, before `-\w+-\d+`.
    let prefixes: [String]
    /// The name of its pseudo-region for global services.
    let globalRegion: String?
    /// The part of IAM's host between the service and the suffix, and the same for dual stack.
    let iamLabels: (String, dualStack: String)
    /// The partition's first region: IAM, and requests without a region, are signed for it.
    let firstRegion: String

    /// Whether both are the same partition.
    public static func == (a: Partition, b: Partition) -> Bool { a.name == b.name }

    /// The partition of a region. A well-formed region that no partition claims counts as one of `aws` that is newer
    /// than this table, as in the SDKs.
    ///
    /// - Throws: `.malformedRegion` for text that cannot be a label of a host name, which might lead to another host.
    public init(region: String) throws(STSError) {
        guard isHostLabel(region) else { throw .malformedRegion(region) }
        self = Self.all.first { $0.claims(region) } ?? Self.aws
    }

    /// The partition of this name; nil if there is none.
    public init?(named name: String) {
        guard let partition = Self.all.first(where: { $0.name == name }) else { return nil }
        self = partition
    }

    /// Whether the region belongs to the partition, by name or by the anchored pattern.
    func claims(_ region: String) -> Bool {
        region == globalRegion || prefixes.contains { matches(region, prefix: $0) }
    }

    static let all = [aws, china, europe, iso, isoB, isoE, isoF, govCloud]

    static let aws = Partition(
        name: "aws", dnsSuffix: "amazonaws.com", dualStackSuffix: "api.aws", implicitGlobalRegion: "us-east-1",
        prefixes: ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"], globalRegion: "aws-global",
        iamLabels: ("", dualStack: "global."), firstRegion: "us-east-1")
    private static let china = Partition(
        name: "aws-cn", dnsSuffix: "amazonaws.com.cn", dualStackSuffix: "api.amazonwebservices.com.cn",
        implicitGlobalRegion: "cn-northwest-1", prefixes: ["cn"], globalRegion: "aws-cn-global",
        iamLabels: ("cn-north-1.", dualStack: "global."), firstRegion: "cn-north-1")
    private static let europe = Partition(
        name: "aws-eusc", dnsSuffix: "amazonaws.eu", dualStackSuffix: "api.amazonwebservices.eu",
        implicitGlobalRegion: "eusc-de-east-1", prefixes: ["eusc-de"], globalRegion: nil,
        iamLabels: ("eusc-de-east-1.", dualStack: ""), firstRegion: "eusc-de-east-1")
    private static let iso = Partition(
        name: "aws-iso", dnsSuffix: "c2s.ic.gov", dualStackSuffix: "api.aws.ic.gov",
        implicitGlobalRegion: "us-iso-east-1", prefixes: ["us-iso"], globalRegion: "aws-iso-global",
        iamLabels: ("us-iso-east-1.", dualStack: ""), firstRegion: "us-iso-east-1")
    private static let isoB = Partition(
        name: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", dualStackSuffix: "api.aws.scloud",
        implicitGlobalRegion: "us-isob-east-1", prefixes: ["us-isob"], globalRegion: "aws-iso-b-global",
        iamLabels: ("us-isob-east-1.", dualStack: ""), firstRegion: "us-isob-east-1")
    private static let isoE = Partition(
        name: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", dualStackSuffix: "api.cloud-aws.adc-e.uk",
        implicitGlobalRegion: "eu-isoe-west-1", prefixes: ["eu-isoe"], globalRegion: "aws-iso-e-global",
        iamLabels: ("eu-isoe-west-1.", dualStack: ""), firstRegion: "eu-isoe-west-1")
    private static let isoF = Partition(
        name: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", dualStackSuffix: "api.aws.hci.ic.gov",
        implicitGlobalRegion: "us-isof-south-1", prefixes: ["us-isof"], globalRegion: "aws-iso-f-global",
        iamLabels: ("us-isof-south-1.", dualStack: ""), firstRegion: "us-isof-south-1")
    private static let govCloud = Partition(
        name: "aws-us-gov", dnsSuffix: "amazonaws.com", dualStackSuffix: "api.aws",
        implicitGlobalRegion: "us-gov-west-1", prefixes: ["us-gov"], globalRegion: "aws-us-gov-global",
        iamLabels: ("us-gov.", dualStack: "us-gov."), firstRegion: "us-gov-west-1")

    private init(
        name: String, dnsSuffix: String, dualStackSuffix: String, implicitGlobalRegion: String, prefixes: [String],
        globalRegion: String?, iamLabels: (String, dualStack: String), firstRegion: String
    ) {
        self.name = name
        self.dnsSuffix = dnsSuffix
        self.dualStackSuffix = dualStackSuffix
        self.implicitGlobalRegion = implicitGlobalRegion
        self.prefixes = prefixes
        self.globalRegion = globalRegion
        self.iamLabels = iamLabels
        self.firstRegion = firstRegion
    }
}

/// `^PREFIX-\w+-\d+$`.
private func matches(_ region: String, prefix: String) -> Bool {
    guard region.begins(with: prefix + "-") else { return false }
    let words = region.dropFirst(prefix.count + 1).split(separator: "-", omittingEmptySubsequences: false)
    return words.count == 2 && !words[0].isEmpty && !words[1].isEmpty
        && words[1].utf8.allSatisfy { (48...57).contains($0) }
}

/// A single lowercase label of a host name (RFC 1123 section 2.1) that is not all digits.
private func isHostLabel(_ region: String) -> Bool {
    (1...63).contains(region.utf8.count) && region.first != "-" && region.last != "-"
        && region.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "-") }
        && !region.utf8.allSatisfy { (48...57).contains($0) }
}
