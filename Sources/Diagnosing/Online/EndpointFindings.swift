import Failures
import Linux
import Profiles
import STS
import Setup
import Text
import Transport

// What keeps warder from an endpoint, and the command that mends it or shows it.

extension Finding {
    init(_ error: TransportError, _ target: EndpointTarget, _ environment: Environment) {
        let failure = Failure(error, configured: false, environment: environment)
        let url = target.endpoint.url
        func finding(_ code: String, at place: String?, why: String? = nil, _ remedy: Remedy) -> Finding {
            Finding(code, .broken, at: place, failure.message, why: why ?? failure.hint, remedy)
        }
        let place = Self.place(target, environment)
        switch error {
        case .libraryMissing, .libraryUnusable, .libraryUnloadable, .shortage:
            self = finding(
                "libcurl_unusable", at: nil, why: "warder needs libcurl to reach AWS",
                .run(Self.libraryCommand(error, environment)))
        case .proxyRefused:
            let proxy = ProxyInForce(for: nil) { environment[$0] }
            self = finding(
                "proxy_refused", at: proxy?.variable,
                why: "requests to AWS go through this proxy; \(failure.hint)",
                .run(Self.look(at: url)))
        case .tls:
            self = finding(
                "endpoint_untrusted", at: place,
                why: "warder sends nothing to a server that it cannot verify; \(failure.hint)",
                .run(Self.lookAtCertificate(of: url)))
        case .unreadableCABundle:
            let origin = Self.bundleOrigin(target, environment)
            self = finding(
                "ca_bundle_unusable", at: origin?.place,
                why: "without its certificates warder trusts no server, and every request fails",
                .run(origin.map { SettingEdit.remove("ca_bundle", at: $0) } ?? Self.look(at: url)))
        case .unhashedCABundle(let path):
            self = finding(
                "ca_bundle_unusable", at: Self.bundleOrigin(target, environment)?.place,
                why: "certificates in a folder are found only by their hashes, so warder trusts no server",
                .run("openssl rehash \(shellWord(path))"))
        case .redirected, .tooLarge, .malformedURL, .insecureURL, .malformedHeader:
            self = finding(
                "endpoint_not_aws", at: place, why: "warder gets no credentials from this endpoint",
                .run(Self.look(at: url)))
        case .unreachable, .timedOut, .interrupted:
            self =
                Self.regionFault(target, environment)
                ?? finding(
                    "endpoint_unreachable", at: place,
                    why: "warder gets no new credentials from there; cached sessions work until they end",
                    .run(Self.look(at: url)))
        }
    }

    /// A web page or JSON came where STS should be.
    init(foreignAnswer status: Int, _ target: EndpointTarget) {
        self.init(
            "endpoint_not_aws", .broken, at: target.origin?.place,
            "\(target.endpoint.url.hostHeader) does not answer like STS (status \(status))",
            why: "a proxy, a sign-in page or another service answers there, and gives no sessions",
            .run(Self.look(at: target.endpoint.url)))
    }

    private static func place(_ target: EndpointTarget, _ environment: Environment) -> String? {
        guard !target.endpoint.isCustom else { return target.origin?.place }
        return regionVariable(environment) ?? target.origin?.place
    }

    private static func regionVariable(_ environment: Environment) -> String? {
        ["AWS_REGION", "AWS_DEFAULT_REGION"].first { environment.nonEmpty($0) != nil }
    }

    /// The endpoint is that of a region that does not exist.
    private static func regionFault(_ target: EndpointTarget, _ environment: Environment) -> Finding? {
        guard !target.endpoint.isCustom, let region = unknownRegion(inHost: target.endpoint.url.host),
            let origin = regionVariable(environment).map({ Origin(path: $0, line: 0) }) ?? target.origin
        else { return nil }
        return Regions.finding(region, at: origin)
    }

    private static func bundleOrigin(_ target: EndpointTarget, _ environment: Environment) -> Origin? {
        environment.nonEmpty("AWS_CA_BUNDLE") == nil
            ? target.caBundleOrigin : Origin(path: "AWS_CA_BUNDLE", line: 0)
    }

    private static func libraryCommand(_ error: TransportError, _ environment: Environment) -> String {
        switch error {
        case .libraryMissing, .libraryUnusable:
            PackageManager.installing(
                "libcurl4", elsewhere: "libcurl", again: error == .libraryUnusable, environment)
        case .shortage: "ulimit -a"
        default: "ldconfig -p | grep libcurl"
        }
    }

    /// Shows how far a request gets.
    private static func look(at url: ServiceURL) -> String { "curl -sSv -m 10 -o /dev/null \(shellWord(url.text))" }

    private static func lookAtCertificate(of url: ServiceURL) -> String {
        "openssl s_client -connect \(shellWord("\(url.host):\(url.port ?? 443)")) </dev/null"
    }
}
