import STS
import Text
import Transport

// Errors from AWS and the network, in the user's words.

extension Failure {
    package init(_ error: TransportError, doing what: String) { self.init(STSError.network(error), doing: what) }

    /// - Parameters:
    ///   - what: what warder was doing, as `assume arn:…`.
    ///   - signer: the key that signed the request, if one did.
    package init(_ error: STSError, doing what: String, signer: RequestSigner? = nil) {
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
        case .noFIPS(let partition):
            self.init(
                .badConfig, "use_fips_endpoint is set, and S3 has no FIPS endpoints in the partition \(partition)",
                hint: "set use_fips_endpoint = false, or AWS_USE_FIPS_ENDPOINT=false")
        case .malformedCode:
            self.init(.promptNeeded, "that is not an MFA code", hint: "give the six digits of the device")
        case .signing:
            self.init(
                .other, "the request could not be signed", hint: "check that libssl3 is whole: dpkg --verify libssl3")
        case .network(let error): self.init(error, configured: false)
        case .invalidResponse(let reason, let status):
            self.init(
                .network, "cannot \(what): status \(status) came with \(Self.words(reason)), which is no answer of AWS",
                hint: "see what answers there: a proxy, a sign-in page, or another service at the endpoint_url")
        default: self.init(refused: error, doing: what, signer: signer)
        }
    }

    private init(refused error: STSError, doing what: String, signer: RequestSigner?) {
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
            // A process that comes later has the next code.
            scope = .waiting
        case .unknownDevice:
            self.init(.refused, message, hint: "check mfa_serial: it must be a device of the key's own user")
        case .accessDenied:
            self.init(
                .refused, message,
                hint: "check the role's trust policy, external id and MFA condition, and the user's policy")
        case .expiredToken:
            self.init(.refused, message, hint: "drop the cached session: warder forget")
            if signer?.isSession == true { cause = .sessionRefused }
        case .invalidKey:
            self.init(.refused, message, hint: (signer ?? .unknown).hint(refused: code))
            if signer?.isSession == true { cause = .sessionRefused }
        case .skewed(_, let offset):
            self.init(
                .refused, message, hint: "set the clock: it is off by \(offset.magnitude) seconds", cause: .unjudged)
        case .throttled: self.init(.refused, message, hint: "wait a moment, and try again", cause: .unjudged)
        default:
            let request = refusal?.requestID.map { " (request \($0))" } ?? ""
            self.init(
                .refused, message, hint: "check the profile's settings against what AWS says\(request)",
                cause: (refusal?.status ?? 0) < 500 ? .ordinary : .unjudged)
        }
    }

    private static func words(_ reason: InvalidResponse) -> String {
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
