import Transport

/// A service of AWS whose address warder knows.
public enum Service: String, Equatable, Sendable {
    /// The Security Token Service.
    case sts
    /// Identity and Access Management.
    case iam
    /// The Simple Storage Service.
    case s3

    /// The version of its API that warder uses.
    var version: String {
        switch self {
        case .sts: "2011-06-15"
        case .iam: "2010-05-08"
        case .s3: "2006-03-01"
        }
    }
}

/// A profile's endpoint settings, as written.
public struct EndpointConfiguration: Equatable, Sendable {
    /// `region`.
    public var region: String?
    /// The partition in ARNs of the profile: it selects the endpoint if there is no region.
    public var partition: String?
    /// `endpoint_url` of the profile.
    public var endpointURL: String?
    /// `endpoint_url` of the service in the section that `services` names.
    public var serviceEndpointURL: String?
    /// `ignore_configured_endpoint_urls`.
    public var ignoreConfiguredEndpointURLs: String?
    /// `use_fips_endpoint`.
    public var useFIPSEndpoint: String?
    /// `use_dualstack_endpoint`.
    public var useDualStackEndpoint: String?
    /// `sts_regional_endpoints`.
    public var stsRegionalEndpoints: String?

    /// All settings unset.
    public init() {}
}

/// The destination of requests to a service.
public struct Endpoint: Equatable, Sendable {
    /// Which service it is.
    public let service: Service
    /// The URL to send requests to.
    public let url: ServiceURL
    /// The region to sign requests for.
    public let signingRegion: String
    /// Whether the URL comes from a setting rather than from AWS's own table.
    public let isCustom: Bool
}

extension Endpoint {
    /// Finds the endpoint as SDKs do (AWS SDKs and Tools Reference Guide, "Service-specific endpoints", "FIPS", "Dual
    /// stack" and "STS regional endpoints"). The environment comes before the profile, and a setting for one service
    /// before one for all. Without a region, requests go to the partition's first region, since tokens from the global
    /// endpoint are refused in regions that an account must opt in to (AWS IAM User Guide, "Manage AWS STS in an AWS
    /// Region").
    ///
    /// - Throws: `.malformedRegion`, `.malformedSetting`, `.malformedEndpoint`, `.customEndpoint`, `.noFIPS`.
    public init(
        of service: Service, _ settings: EndpointConfiguration, environment lookUp: (String) -> String?
    ) throws(STSError) {
        /// An empty variable counts as unset.
        func environment(_ name: String) -> String? { lookUp(name).flatMap { $0.isEmpty ? nil : $0 } }
        let fips = try flag("AWS_USE_FIPS_ENDPOINT", environment, settings.useFIPSEndpoint)
        let dualStack = try flag("AWS_USE_DUALSTACK_ENDPOINT", environment, settings.useDualStackEndpoint)
        let region = environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION") ?? settings.region
        // The region is part of the signature even if a custom endpoint does not use it for the host.
        let partition =
            if let region { try Partition(region: region) } else {
                settings.partition.flatMap { Partition(named: $0) } ?? .aws
            }
        let place = partition.place(of: region)

        if let text = try configuredURL(service, settings, environment) {
            if fips { throw .customEndpoint(setting: "use_fips_endpoint") }
            if dualStack { throw .customEndpoint(setting: "use_dualstack_endpoint") }
            // IAM is one for a whole partition, and is signed for in one region wherever it answers.
            let signing = service == .iam ? partition.firstRegion : place
            self.init(service: service, url: try serviceURL(text), signingRegion: signing, isCustom: true)
        } else {
            let isLegacy = try isLegacy(settings, environment) && legacyRegions.contains(place)
            let isGlobal = region == Partition.aws.globalRegion || service == .sts && isLegacy
            let (host, signing) = try hostOfAWS(
                service, place, partition, isGlobal: isGlobal && !fips && !dualStack, fips: fips, dualStack: dualStack)
            self.init(service: service, url: try serviceURL("https://" + host), signingRegion: signing, isCustom: false)
        }
    }
}

/// The host of AWS's own endpoint, and the region to sign for.
private func hostOfAWS(
    _ service: Service, _ place: String, _ partition: Partition, isGlobal: Bool, fips: Bool, dualStack: Bool
) throws(STSError) -> (String, String) {
    switch service {
    case .sts where isGlobal: ("sts.amazonaws.com", "us-east-1")
    case .sts: (stsHost(place, partition, fips: fips, dualStack: dualStack), place)
    case .iam: iamHost(partition, fips: fips, dualStack: dualStack)
    case .s3 where isGlobal: ("s3.amazonaws.com", "us-east-1")
    case .s3: (try s3Host(place, partition, fips: fips, dualStack: dualStack), place)
    }
}

private func serviceURL(_ text: String) throws(STSError) -> ServiceURL {
    do throws(TransportError) { return try ServiceURL(text) } catch { throw .malformedEndpoint(error) }
}

private func flag(
    _ name: String, _ environment: (String) -> String?, _ setting: String?
) throws(STSError) -> Bool {
    guard let text = environment(name) ?? setting else { return false }
    switch text.lowercased() {
    case "true": return true
    case "false": return false
    default: throw .malformedSetting(name: name, value: text)
    }
}

private func configuredURL(
    _ service: Service, _ settings: EndpointConfiguration, _ environment: (String) -> String?
) throws(STSError) -> String? {
    let name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    if try flag(name, environment, settings.ignoreConfiguredEndpointURLs) { return nil }
    return environment("AWS_ENDPOINT_URL_" + service.rawValue.uppercased()) ?? environment("AWS_ENDPOINT_URL")
        ?? settings.serviceEndpointURL ?? settings.endpointURL
}

private func isLegacy(
    _ settings: EndpointConfiguration, _ environment: (String) -> String?
) throws(STSError) -> Bool {
    let name = "AWS_STS_REGIONAL_ENDPOINTS"
    guard let text = environment(name) ?? settings.stsRegionalEndpoints else { return false }
    switch text.lowercased() {
    case "legacy": return true
    case "regional": return false
    default: throw .malformedSetting(name: name, value: text)
    }
}

/// The regions that existed before STS had regional endpoints.
private let legacyRegions: Set<String> = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1",
    "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
]

extension Partition {
    /// The region that a request is sent to and signed for.
    fileprivate func place(of region: String?) -> String {
        switch region {
        case nil: firstRegion
        case globalRegion: implicitGlobalRegion
        case .some(let region): region
        }
    }
}

private func stsHost(_ place: String, _ partition: Partition, fips: Bool, dualStack: Bool) -> String {
    let suffix = dualStack ? partition.dualStackSuffix : partition.dnsSuffix
    // In GovCloud the plain endpoint is the FIPS endpoint.
    let isPlain = !fips || (partition.name == "aws-us-gov" && !dualStack)
    return "sts\(isPlain ? "" : "-fips").\(place).\(suffix)"
}

/// For dual stack, S3's host has a label of its own in place of another suffix (Amazon S3 User Guide, "Using Amazon S3
/// dual-stack endpoints").
private func s3Host(
    _ place: String, _ partition: Partition, fips: Bool, dualStack: Bool
) throws(STSError) -> String {
    if fips, partition.name == "aws-cn" { throw .noFIPS(partition: partition.name) }
    return "s3\(fips ? "-fips" : "").\(dualStack ? "dualstack." : "")\(place).\(partition.dnsSuffix)"
}

private func iamHost(_ partition: Partition, fips: Bool, dualStack: Bool) -> (String, String) {
    let service = fips && partition.name != "aws-us-gov" ? "iam-fips" : "iam"
    let (labels, suffix) =
        dualStack
        ? (partition.iamLabels.dualStack, partition.dualStackSuffix) : (partition.iamLabels.0, partition.dnsSuffix)
    return ("\(service).\(labels)\(suffix)", partition.firstRegion)
}
