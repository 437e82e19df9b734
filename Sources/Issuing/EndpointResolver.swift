import Chains
import Failures
import Linux
import Profiles
import STS
import Text

extension Endpoint {
    /// The part of the endpoint that shapes the credentials: a custom endpoint is a different world. AWS's regional
    /// endpoints all give the same credentials, but those of the global endpoint do not work everywhere.
    ///
    /// The region is not part of it, so that a variable such as `AWS_REGION` does not cost another MFA code.
    var kind: String {
        if isCustom { return url.text }
        let labels = url.host.split(separator: ".")
        return labels.count <= 3 ? url.host : labels.dropFirst(2).joined(separator: ".")
    }
}

/// Where a profile's requests go.
struct EndpointResolver {
    private let profile: EndpointSettings?
    private let settings: EndpointConfiguration
    private let environment: Environment
    /// `ca_bundle`, or `AWS_CA_BUNDLE`, which takes precedence.
    let caBundle: String?

    /// - Parameter profile: the profile's settings; nil for a key without a profile.
    init(_ profile: EndpointSettings?, _ environment: Environment) {
        self.profile = profile
        self.environment = environment
        caBundle = environment.nonEmpty("AWS_CA_BUNDLE") ?? profile?.caBundle?.value
        var settings = EndpointConfiguration()
        if let profile {
            settings.endpointURL = profile.url?.value
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
    ///   - region: the profile's; the environment's takes precedence.
    ///   - origin: where that region is written.
    ///   - partition: where to go if no region is set.
    ///   - given: a region from the command line, which takes precedence over all others.
    func endpoint(
        _ service: Service, region: String?, _ origin: Origin? = nil, partition: String? = nil, given: String? = nil
    ) throws(Failure) -> Endpoint {
        var settings = settings
        settings.region = region
        settings.partition = partition
        settings.serviceEndpointURL = serviceURL(service)?.value
        do throws(STSError) {
            return try Endpoint(of: service, settings) { name in
                if let given, name.isSame(as: "AWS_REGION") { return given }
                return environment.nonEmpty(name)
            }
        } catch {
            if let given, error == .malformedRegion(given) {
                throw Failure(.usage, "\(given) is not a region", hint: "write it as --region eu-west-1")
            }
            let failure = Failure(error, doing: "find the endpoint of \(service.rawValue)")
            throw failure.placed(at: self.origin(of: error, service, region: origin), fault: Self.fault(error))
        }
    }

    // MARK: - Where the endpoint is configured

    /// The origin of a custom endpoint; nil if there is none.
    func urlOrigin(_ service: Service) -> Origin? {
        let ignored = environment.nonEmpty("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased()
        guard ignored.map({ $0 != "true" }) ?? !(profile?.ignoresURLs ?? false) else { return nil }
        return variable("AWS_ENDPOINT_URL_" + service.rawValue.uppercased()) ?? variable("AWS_ENDPOINT_URL")
            ?? serviceURL(service)?.origin ?? profile?.url?.origin
    }

    /// `endpoint_url` of the service in the section that `services` names.
    private func serviceURL(_ service: Service) -> Setting? {
        switch service {
        case .sts: profile?.stsURL
        case .iam: profile?.iamURL
        case .s3: profile?.s3URL
        }
    }

    private func origin(of error: STSError, _ service: Service, region: Origin?) -> Origin? {
        switch error {
        case .malformedRegion: variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? region
        case .malformedEndpoint, .customEndpoint: urlOrigin(service)
        case .malformedSetting(let name, _): variable(name) ?? profile?.stsRegional?.origin
        default: nil
        }
    }

    /// The fault, as one word for programs.
    private static func fault(_ error: STSError) -> String? {
        switch error {
        case .malformedRegion, .malformedEndpoint, .malformedSetting: "bad_value"
        case .customEndpoint, .noFIPS: "endpoint_conflict"
        default: nil
        }
    }

    private func variable(_ name: String) -> Origin? {
        environment.nonEmpty(name).map { _ in Origin(path: name, line: 0) }
    }
}
