import Chains
import Failures
import Linux
import Profiles
import STS

extension Endpoint {
    /// What of the endpoint shapes the credentials that it gives: an endpoint of one's own is another world, but
    /// AWS's regional ones give the same, and those of the global one do not work everywhere.
    ///
    /// Without the region, a variable like `AWS_REGION` does not cost another MFA code.
    var kind: String {
        if isCustom { return url.text }
        let labels = url.host.split(separator: ".")
        return labels.count <= 3 ? url.host : labels.dropFirst(2).joined(separator: ".")
    }
}

/// Where requests go that a profile shapes.
struct EndpointResolver {
    private let profile: EndpointSettings?
    private let settings: EndpointConfiguration
    private let environment: Environment
    /// `ca_bundle`, or `AWS_CA_BUNDLE`, which beats it.
    let caBundle: String?

    /// - Parameter profile: what the profile says; nil for a key that has none.
    init(_ profile: EndpointSettings?, _ environment: Environment) {
        self.profile = profile
        self.environment = environment
        caBundle = environment.nonEmpty("AWS_CA_BUNDLE") ?? profile?.caBundle?.value
        var settings = EndpointConfiguration()
        if let profile {
            settings.endpointURL = profile.url?.value
            settings.serviceEndpointURL = profile.stsURL?.value
            settings.ignoreConfiguredEndpointURLs = profile.ignoresURLs ? "true" : nil
            settings.useFIPSEndpoint = profile.usesFIPS.map { $0 ? "true" : "false" }
            settings.useDualStackEndpoint = profile.usesDualStack.map { $0 ? "true" : "false" }
            settings.stsRegionalEndpoints = profile.stsRegional?.value
        }
        self.settings = settings
    }

    /// The endpoint of a service.
    ///
    /// - Parameters:
    ///   - region: that of the profile; the environment's beats it.
    ///   - origin: where that region is written.
    ///   - partition: where to go without a region.
    func endpoint(
        _ service: Service, region: String?, _ origin: Origin? = nil, partition: String? = nil
    ) throws(Failure) -> Endpoint {
        var settings = settings
        settings.region = region
        settings.partition = partition
        if service == .iam { settings.serviceEndpointURL = nil }
        do throws(STSError) {
            return try Endpoint(of: service, settings) { environment.nonEmpty($0) }
        } catch {
            let failure = Failure(error, doing: "find the endpoint of \(service.rawValue)")
            throw failure.placed(at: self.origin(of: error, service, region: origin), fault: Self.fault(error))
        }
    }

    // MARK: - Where it is said

    /// What gives an endpoint of one's own; nil where nothing does.
    func urlOrigin(_ service: Service) -> Origin? {
        let ignored = environment.nonEmpty("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased()
        guard ignored.map({ $0 != "true" }) ?? !(profile?.ignoresURLs ?? false) else { return nil }
        return variable("AWS_ENDPOINT_URL_" + service.rawValue.uppercased()) ?? variable("AWS_ENDPOINT_URL")
            ?? (service == .sts ? profile?.stsURL?.origin : nil) ?? profile?.url?.origin
    }

    private func origin(of error: STSError, _ service: Service, region: Origin?) -> Origin? {
        switch error {
        case .malformedRegion: variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? region
        case .malformedEndpoint, .customEndpoint: urlOrigin(service)
        case .malformedSetting(let name, _): variable(name) ?? profile?.stsRegional?.origin
        default: nil
        }
    }

    /// What is wrong, in a word for programs.
    private static func fault(_ error: STSError) -> String? {
        switch error {
        case .malformedRegion, .malformedEndpoint, .malformedSetting: "bad_value"
        case .customEndpoint: "endpoint_conflict"
        default: nil
        }
    }

    private func variable(_ name: String) -> Origin? {
        environment.nonEmpty(name).map { _ in Origin(path: name, line: 0) }
    }
}
