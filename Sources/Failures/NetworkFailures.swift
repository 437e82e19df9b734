import Linux
import STS
import Text
import Transport

// Why AWS could not be reached, in the user's words.

extension Failure {
    /// - Parameters:
    ///   - configured: the error is about a URL that the user configured, not about a request.
    ///   - environment: says which proxy and which certificates applied.
    package init(_ error: TransportError, configured: Bool, environment: Environment = .process) {
        defer { if error.isOwn { scope = .nobody } }
        switch error {
        case .libraryMissing:
            self.init(.network, "libcurl is not installed", hint: "sudo apt-get install libcurl4")
        case .libraryUnusable:
            self.init(
                .network, "the installed libcurl cannot be used", hint: "sudo apt-get install --reinstall libcurl4")
        case .libraryUnloadable(let reason):
            self.init(
                .network, "libcurl could not be loaded: \(reason.lowercasedFirst)",
                hint: "see this process's limits (ulimit -a), and whether libcurl4 is whole: dpkg --verify libcurl4")
        case .shortage(let reason, _):
            self.init(
                .network, "this process lacks what a request needs: \(reason.lowercasedFirst)",
                hint: "see its limits: ulimit -a")
        case .malformedURL(let text):
            self.init(
                .badConfig, "\(text) is no URL of an endpoint", hint: "write it as https://HOST or https://HOST:PORT")
        case .insecureURL(let host):
            self.init(
                .badConfig, "the endpoint at \(host) is plain HTTP, and not on this machine",
                hint: "write it with https://")
        case .malformedHeader(let name):
            self.init(.badConfig, "the header \(name) would hold a control character", hint: "see where it comes from")
        case .unreachable(let host, let reason):
            self.init(
                .network, "\(host) cannot be reached: \(reason.lowercasedFirst)",
                hint: Self.hint(onRegionOf: host) ?? Self.path(to: host, environment))
        case .proxyRefused(let status): self.init(proxyRefused: status, environment)
        case .timedOut(let host, _):
            self.init(.network, "\(host) did not answer in time", hint: Self.path(to: host, environment))
        case .tls(let host, let reason, let bundle):
            let fault = error.tlsFault ?? .other
            self.init(
                .network, "\(host) cannot be trusted: \(reason.lowercasedFirst)",
                hint: Self.trust(in: host, fault, bundle, environment))
        case .unreadableCABundle(let path):
            self.init(
                .badConfig, "the \(Self.source(ofBundle: path, environment)) \(path) cannot be read",
                hint: "check that it is there: ls -l \(shellWord(path))")
        case .unhashedCABundle(let path):
            self.init(
                .badConfig,
                "the \(Self.source(ofBundle: path, environment)) \(path) is a folder without hashed certificates",
                hint: "hash them: openssl rehash \(shellWord(path)); or name a file of certificates")
        case .interrupted(let host, let reason, _):
            self.init(
                .network, "the connection to \(host) broke: \(reason.lowercasedFirst)",
                hint: Self.path(to: host, environment))
        case .redirected(let host, let status):
            self.init(
                .network, "\(host) answered with a redirect (\(status)), which is never followed",
                hint: "set endpoint_url to where it really is")
        case .tooLarge(let host):
            self.init(.network, "\(host) answered with more than an answer can be", hint: "see what answers there")
        }
    }

    /// For a host whose region may be misspelled; nil if the region is known.
    private static func hint(onRegionOf host: String) -> String? {
        guard let region = unknownRegion(inHost: host) else { return nil }
        let near = nearest(to: region, among: knownRegions)
        return "warder knows no region \(region)"
            + (near.map { ": write \($0), if that is what you mean" }
                ?? ": check the profile's region, and AWS_REGION")
    }

    private init(proxyRefused status: Int, _ environment: Environment) {
        let proxy = ProxyInForce(for: nil) { environment[$0] }
        let setting = proxy.map { "\($0.variable)=\($0.address)" } ?? "HTTPS_PROXY"
        self.init(
            .network, "the proxy refused with status \(status)",
            hint: status == 407
                ? "it wants a user and a password in \(setting)"
                : "check \(setting); hosts in NO_PROXY are asked without it")
    }

    /// What to check on the way to a host. Requests to this machine never use a proxy.
    private static func path(to host: String, _ environment: Environment) -> String {
        let isLocal = ["localhost", "127.0.0.1", "[::1]", "169.254.169.254", "169.254.170.2"].contains(host)
        guard !isLocal, let proxy = ProxyInForce(for: host, environment: { environment[$0] }) else {
            return "check the network, the proxy settings and the endpoint"
        }
        return "check the proxy in force, \(proxy.variable)=\(proxy.address), the network and the endpoint"
    }

    /// How to make the host trusted, if anything here can.
    private static func trust(
        in host: String, _ fault: TLSFault, _ bundle: String?, _ environment: Environment
    ) -> String {
        switch fault {
        case .expired, .notYetValid:
            return
                "check this machine's clock (date); if it is right, \(host) needs a new certificate, and no ca_bundle helps"
        case .wrongName:
            return
                "its certificate is another host's: correct the endpoint_url, or see what answers there; "
                + "no ca_bundle helps"
        case .noAgreement:
            let proxy = ProxyInForce(for: host) { environment[$0] }
            return "see whether it speaks TLS there"
                + (proxy.map { ", and what \($0.variable)=\($0.address) does to it" } ?? ": curl -v https://\(host)")
        case .unknownIssuer, .other: break
        }
        guard let bundle else { return "if it has a certificate authority of its own, name its file in ca_bundle" }
        return source(ofBundle: bundle, environment) == "AWS_CA_BUNDLE"
            ? "AWS_CA_BUNDLE=\(shellWord(bundle)) is in force, before any ca_bundle: put its authority into that file, or unset it"
            : "put its authority into the ca_bundle in force: \(shellWord(bundle))"
    }

    private static func source(ofBundle path: String, _ environment: Environment) -> String {
        environment.nonEmpty("AWS_CA_BUNDLE") == path ? "AWS_CA_BUNDLE" : "ca_bundle"
    }
}
