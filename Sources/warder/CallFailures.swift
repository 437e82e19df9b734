import STS
import Text
import Transport

// What AWS and the network answered, in the user's words.

extension Failure {
    init(_ error: TransportError, doing what: String) { self.init(STSError.network(error), doing: what) }

    /// - Parameter what: what warder was about to do, as `assume arn:…`.
    init(_ error: STSError, doing what: String) {
        switch error {
        case .malformedRegion(let region):
            self.init(
                .badConfig, "\(region) is not a region",
                hint: "write it as \(nearest(to: region, among: knownRegions) ?? "eu-west-1")")
        case .malformedSetting(let name, let value):
            self.init(.badConfig, "\(name) cannot be \(value)", hint: "use true or false, or legacy or regional")
        case .malformedEndpoint(let error): self.init(error, configured: true)
        case .customEndpoint(let setting):
            self.init(
                .badConfig, "\(setting) cannot be used with an endpoint of your own",
                hint: "take \(setting) or the endpoint_url away")
        case .malformedCode:
            self.init(.promptNeeded, "that is no MFA code", hint: "give the six digits of the device")
        case .signing:
            self.init(
                .other, "the request could not be signed", hint: "check that libssl3 is whole: dpkg --verify libssl3")
        case .network(let error): self.init(error, configured: false)
        case .notAnAnswer(let reason, let status):
            self.init(
                .network, "cannot \(what): status \(status) came with \(Self.words(reason)), which is no answer of AWS",
                hint: "see who answers there: a proxy, a sign-in page, or another service at the endpoint_url")
        default: self.init(refused: error, doing: what)
        }
    }

    private init(refused error: STSError, doing what: String) {
        let refusal = error.refusal
        let code = refusal?.code ?? "refused"
        let words = refusal.map(\.message) ?? ""
        let said = words.isEmpty ? code : "\(code): \(words.withoutFullStop)"
        let message = "AWS refused to \(what): \(said)"
        switch error {
        case .wrongCode:
            self.init(
                .refused, "AWS refused to \(what): the MFA code is wrong, or was used before",
                hint: "wait for the next code, and check the machine's clock")
            // Those who come later have the next code.
            reach = .waiting
        case .unknownDevice:
            self.init(.refused, message, hint: "check mfa_serial: it must be a device of the key's own user")
        case .accessDenied:
            self.init(
                .refused, message,
                hint: "check the role's trust policy, external id and MFA condition, and the user's policy")
        case .expiredToken: self.init(.refused, message, hint: "drop the cached session: warder forget")
        case .invalidKey:
            self.init(
                .refused, message,
                hint: "check in the console that the key is active; warder add --replace stores a new one")
        case .skewed(_, let offset):
            self.init(.refused, message, hint: "set the clock: it is off by \(offset.magnitude) seconds")
        case .throttled: self.init(.refused, message, hint: "wait a moment, and try again")
        default:
            let request = refusal?.requestID.map { " (request \($0))" } ?? ""
            self.init(.refused, message, hint: "check the profile's settings against what AWS says\(request)")
        }
    }

    /// - Parameter configured: it is about a URL that somebody configured, not about a request.
    private init(_ error: TransportError, configured: Bool) {
        let again = "check the network, the proxy settings and the endpoint"
        switch error {
        case .libraryMissing:
            self.init(.network, "libcurl is not installed", hint: "sudo apt-get install libcurl4")
        case .libraryUnusable:
            self.init(
                .network, "the installed libcurl cannot be used", hint: "sudo apt-get install --reinstall libcurl4")
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
                hint: Self.hint(onRegionOf: host) ?? again)
        case .proxyRefused(let status):
            self.init(.network, "the proxy refused with status \(status)", hint: "check HTTPS_PROXY and NO_PROXY")
        case .timedOut(let host, _): self.init(.network, "\(host) did not answer in time", hint: again)
        case .tls(let host, let reason):
            self.init(
                .network, "\(host) cannot be trusted: \(reason.lowercasedFirst)",
                hint: "if it has a certificate authority of its own, name its file in ca_bundle")
        case .unreadableCABundle(let path):
            self.init(
                .badConfig, "the ca_bundle \(path) cannot be read",
                hint: "check that it is there: ls -l \(shellWord(path))")
        case .interrupted(let host, let reason, _):
            self.init(.network, "the connection to \(host) broke: \(reason.lowercasedFirst)", hint: again)
        case .redirected(let host, let status):
            self.init(
                .network, "\(host) answered with a redirect (\(status)), which is never followed",
                hint: "set endpoint_url to where it really is")
        case .tooLarge(let host):
            self.init(.network, "\(host) answered with more than an answer can be", hint: "see who answers there")
        }
    }

    /// For a host whose region may be a slip; nil where it is known.
    private static func hint(onRegionOf host: String) -> String? {
        guard let region = unknownRegion(inHost: host) else { return nil }
        let near = nearest(to: region, among: knownRegions)
        return "warder knows no region \(region)"
            + (near.map { ": write \($0), if that is what you mean" }
                ?? ": check the profile's region, and AWS_REGION")
    }

    private static func words(_ reason: NotAnAnswer) -> String {
        switch reason {
        case .empty: "nothing"
        case .html: "a web page"
        case .json: "JSON"
        case .xml: "XML that is refused"
        case .unexpectedElement(let name): "another element, \(name)"
        case .missing(let name): "no usable \(name)"
        case .expired: "credentials that have ended already"
        }
    }
}
