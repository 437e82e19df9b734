import Transport

/// A service that answers in AWS's query protocol.
public enum Service: String, Equatable, Sendable {
    /// The Security Token Service.
    case sts
    /// Identity and Access Management.
    case iam

    /// The version of its API that warder speaks.
    var version: String {
        switch self {
        case .sts: "2011-06-15"
        case .iam: "2010-05-08"
        }
    }
}

/// What a profile says of endpoints, each as it is written.
public struct EndpointSettings: Equatable, Sendable {
    /// `region`.
    public var region: String?
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

    /// Nothing is set.
    public init() {}
}

/// Where requests to a service go.
public struct Endpoint: Equatable, Sendable {
    /// Which service it is.
    public let service: Service
    /// Where requests go.
    public let url: ServiceURL
    /// What they are signed for.
    public let signingRegion: String
    /// Whether a setting, not AWS's own table, names it.
    public let isCustom: Bool
}

extension Endpoint {
    /// Finds the endpoint as SDKs do (AWS SDKs and Tools Reference Guide, "Service-specific endpoints", "FIPS", "Dual
    /// stack" and "STS regional endpoints"). The environment comes before the profile, and a setting for one service
    /// before that for all. Without a region STS is its global endpoint.
    ///
    /// - Throws: `.malformedRegion`, `.malformedSetting`, `.malformedEndpoint`, `.customEndpoint`.
    public init(
        of service: Service, _ settings: EndpointSettings, environment lookUp: (String) -> String?
    ) throws(STSError) {
        /// A variable that is empty counts as unset.
        func environment(_ name: String) -> String? { lookUp(name).flatMap { $0.isEmpty ? nil : $0 } }
        let fips = try flag("AWS_USE_FIPS_ENDPOINT", environment, settings.useFIPSEndpoint)
        let dualStack = try flag("AWS_USE_DUALSTACK_ENDPOINT", environment, settings.useDualStackEndpoint)
        let region = environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION") ?? settings.region
        // Even where a custom endpoint makes no host of it, the region goes into the signature.
        let partition: Partition? = if let region { try Partition(region: region) } else { nil }

        if let text = try configuredURL(service, settings, environment) {
            if fips { throw .customEndpoint(setting: "use_fips_endpoint") }
            if dualStack { throw .customEndpoint(setting: "use_dualstack_endpoint") }
            let global = (partition ?? .aws).implicitGlobalRegion
            let signing = region.flatMap { $0 == partition?.globalRegion ? nil : $0 } ?? global
            self.init(service: service, url: try serviceURL(text), signingRegion: signing, isCustom: true)
        } else {
            let legacy = try isLegacy(settings, environment) && !fips && !dualStack
            let (host, signing) =
                switch service {
                case .sts: stsHost(region, partition ?? .aws, fips: fips, dualStack: dualStack, legacy: legacy)
                case .iam: iamHost(partition ?? .aws, fips: fips, dualStack: dualStack)
                }
            self.init(service: service, url: try serviceURL("https://" + host), signingRegion: signing, isCustom: false)
        }
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
    _ service: Service, _ settings: EndpointSettings, _ environment: (String) -> String?
) throws(STSError) -> String? {
    let name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    if try flag(name, environment, settings.ignoreConfiguredEndpointURLs) { return nil }
    return environment("AWS_ENDPOINT_URL_" + service.rawValue.uppercased()) ?? environment("AWS_ENDPOINT_URL")
        ?? settings.serviceEndpointURL ?? settings.endpointURL
}

private func isLegacy(
    _ settings: EndpointSettings, _ environment: (String) -> String?
) throws(STSError) -> Bool {
    let name = "AWS_STS_REGIONAL_ENDPOINTS"
    guard let text = environment(name) ?? settings.stsRegionalEndpoints else { return false }
    switch text.lowercased() {
    case "legacy": return true
    case "regional": return false
    default: throw .malformedSetting(name: name, value: text)
    }
}

/// The regions that there were before STS had regional endpoints.
private let legacyRegions: Set<String> = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1",
    "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
]

private func stsHost(
    _ region: String?, _ partition: Partition, fips: Bool, dualStack: Bool, legacy: Bool
) -> (String, String) {
    let isGlobal = region == nil || region == Partition.aws.globalRegion
    if !fips, !dualStack, isGlobal || (legacy && legacyRegions.contains(region ?? "")) {
        return ("sts.amazonaws.com", "us-east-1")
    }
    let place = region.flatMap { $0 == partition.globalRegion ? nil : $0 } ?? partition.implicitGlobalRegion
    // In GovCloud the plain endpoint is the FIPS one.
    let isPlain = !fips || (partition.name == "aws-us-gov" && !dualStack)
    let suffix = dualStack ? partition.dualStackSuffix : partition.dnsSuffix
    return ("sts\(isPlain ? "" : "-fips").\(place).\(suffix)", place)
}

private func iamHost(_ partition: Partition, fips: Bool, dualStack: Bool) -> (String, String) {
    let service = fips && partition.name != "aws-us-gov" ? "iam-fips" : "iam"
    let (labels, suffix) =
        dualStack
        ? (partition.iamLabels.dualStack, partition.dualStackSuffix) : (partition.iamLabels.0, partition.dnsSuffix)
    return ("\(service).\(labels)\(suffix)", partition.iamRegion)
}
