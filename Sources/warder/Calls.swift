import Chains
import Linux
import Metadata
import Profiles
import SSO
import STS
import Secrets
import Sessions
import Transport

/// The requests that one command makes to AWS, and the time it has for them.
final class Calls {
    private let caBundle: String?
    private var sender: ObservedSender?
    /// Milliseconds that are left for waiting on the network. Time that somebody takes to type does not count, so that
    /// a process that nobody is asked by is back within ten seconds.
    private var budget: Int64 = 9_500

    /// This process was stopped while it waited for the network: that it waited in vain says nothing of the network.
    private(set) var wasStopped = false

    /// How far AWS's clock was from this machine's at the last answer; nil where they agree, or that is not known.
    var clock: ClockOffset? { sender?.clock }

    /// AWS's time as far as it is known, in seconds since 1970.
    var time: Int64 { wallClock() + (clock?.seconds ?? 0) }

    /// - Parameter caBundle: a file of certificates to trust in place of the system's.
    init(caBundle: String?) { self.caBundle = caBundle }

    /// Makes a request to STS at `endpoint`.
    func sts<R: ~Copyable>(
        _ endpoint: Endpoint, _ body: (STSClient) throws(STSError) -> R
    ) throws(STSError) -> R {
        try timed(STSError.network) { (sender, deadline) throws(STSError) in
            try body(STSClient(endpoint: endpoint, sender: sender, deadline: deadline))
        }
    }

    /// Makes a request to IAM at `endpoint`.
    func iam<R>(_ endpoint: Endpoint, _ body: (IAMClient) throws(STSError) -> R) throws(STSError) -> R {
        try timed(STSError.network) { (sender, deadline) throws(STSError) in
            try body(IAMClient(endpoint: endpoint, sender: sender, deadline: deadline))
        }
    }

    /// Asks the metadata service of the machine or the container.
    func metadata(
        _ body: (ObservedSender, TimeLeft) throws(MetadataError) -> Credentials
    ) throws(MetadataError) -> Credentials {
        try timed(MetadataError.network) { (sender, deadline) throws(MetadataError) in
            let time = TimeLeft(
                deadline: deadline, uptime: Timing.system.uptime, sleep: { Linux.sleep(milliseconds: $0) })
            return try body(sender, time)
        }
    }

    /// Asks IAM Identity Center; `body` is given the milliseconds that it has.
    func signIn<R: ~Copyable>(_ body: (ObservedSender, Int64) throws(SSOError) -> R) throws(SSOError) -> R {
        try timed(SSOError.network) { (sender, deadline) throws(SSOError) in
            try body(sender, max(1, deadline - Timing.system.uptime()))
        }
    }

    /// The same while somebody signs in, which takes its time.
    func unhurried<R: ~Copyable>(_ body: (ObservedSender) throws(SSOError) -> R) throws(SSOError) -> R {
        let sender: ObservedSender
        do throws(TransportError) { sender = try openSender() } catch { throw .network(error) }
        return try body(sender)
    }

    private func timed<R: ~Copyable, E: Error>(
        _ network: (TransportError) -> E, _ body: (ObservedSender, Int64) throws(E) -> R
    ) throws(E) -> R {
        let sender: ObservedSender
        do throws(TransportError) { sender = try openSender() } catch { throw network(error) }
        let start = Timing.system.uptime()
        let watch = StopWatch()
        defer {
            let taken = Timing.system.uptime() - start
            // A frozen container is not told that it was stopped.
            if watch.hasSeenStop || taken > budget + Self.slack { wasStopped = true }
            budget = max(1, budget - taken)
        }
        return try body(sender, start + budget)
    }

    /// Milliseconds by which a busy machine may be late.
    private static let slack: Int64 = 2_000

    private func openSender() throws(TransportError) -> ObservedSender {
        if let sender { return sender }
        let new = try ObservedSender(caBundle: caBundle)
        sender = new
        return new
    }
}

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
struct Endpoints {
    private let profile: Chains.EndpointSettings?
    private let settings: STS.EndpointSettings
    private let environment: Environment
    /// `ca_bundle`, or `AWS_CA_BUNDLE`, which beats it.
    let caBundle: String?

    /// - Parameter profile: what the profile says; nil for a key that has none.
    init(_ profile: Chains.EndpointSettings?, _ environment: Environment) {
        self.profile = profile
        self.environment = environment
        caBundle = environment.nonEmpty("AWS_CA_BUNDLE") ?? profile?.caBundle?.value
        var settings = STS.EndpointSettings()
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
        guard ignored.map({ $0 == "true" }) ?? !(profile?.ignoresURLs ?? false) else { return nil }
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
