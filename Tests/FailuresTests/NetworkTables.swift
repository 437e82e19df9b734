import Failures
import JSON
import Linux
import Metadata
import Presigning
import SSO
import STS
import Signing
import Transport

/// What AWS and the network answered.
func networkTables(_ o: String) -> [Table] {
    [
        Table(transportErrors(o)) { Failure($0, configured: false, environment: bare) },
        Table(
            "behind a proxy",
            transportErrors(o).compactMap { error in
                let failure = Failure(error, configured: false, environment: proxied)
                guard failure.hint != Failure(error, configured: false, environment: bare).hint else { return nil }
                return (caseName(error), failure)
            }),
        Table(stsErrors(o)) { Failure($0, doing: "assume arn:aws:iam::123456789012:role/R") },
        Table("InvalidResponse", notAnAnswers(o)),
        Table(metadataErrors(o)) { Failure($0, line, what: "the role's key") },
        Table(signInErrors(o)) { Failure($0, doing: "sign in") },
        Table(
            "SignInError, of the console",
            signInErrors(o).map { (caseName($0), Failure($0, doing: "renew the sign-in", at: .console)) }),
        Table(presigningErrors(o)) { Failure($0) },
    ]
}

let bare = Environment { _ in nil }
private let proxied = Environment { name in
    ["HTTPS_PROXY": "http://ann:secret@proxy.example:3128", "AWS_CA_BUNDLE": "/v/bundle"][name]
}

private func transportErrors(_ o: String) -> [TransportError] {
    let reasons = [
        "SSL certificate problem: certificate has expired", "SSL certificate problem: certificate is not yet valid",
        "SSL: no alternative certificate subject name matches target host name 'h'",
        "SSL certificate problem: unable to get local issuer certificate",
        "OpenSSL/3.5.1: error:0A00010B:SSL routines::wrong version number", "Something else",
    ]
    return [
        .libraryMissing, .libraryUnusable, .libraryUnloadable(reason: "Cannot allocate " + o),
        .shortage(reason: "Out of memory", sent: false), .malformedURL(o), .insecureURL(host: o),
        .malformedHeader(name: "X-" + o), .unreachable(host: o, reason: "Could not resolve host"),
        .unreachable(host: "sts.eu-wst-1.amazonaws.com", reason: "Could not resolve host"),
        .unreachable(host: "127.0.0.1", reason: "Connection refused"), .proxyRefused(status: 407),
        .proxyRefused(status: 503), .timedOut(host: o, sent: true),
    ] + reasons.map { .tls(host: o, reason: $0) } + [
        .tls(host: o, reason: reasons[3], caBundle: "/v/bundle"), .unreadableCABundle(path: "/v/bundle"),
        .unhashedCABundle(path: "/v/bundle"),
        .interrupted(host: o, reason: "Empty reply from server", sent: true), .redirected(host: o, status: 302),
        .tooLarge(host: o),
    ]
}

private func presigningErrors(_ o: String) -> [PresigningError] {
    [
        .notAnObject(o), .noBucket, .noKey(bucket: "photos"), .accessPoint,
        .directoryBucket("photos--euw1-az1--x-s3"), .badBucket(o), .capitals(bucket: "Photos"), .longKey(bytes: 1025),
        .unfit(option: "--version-id", method: "PUT"), .badValue(option: "--content-type"),
        .expiring(secondsLeft: 0), .expiring(secondsLeft: 20), .signing(.expiresOutOfRange(0)),
    ]
}

private func stsErrors(_ o: String) -> [STSError] {
    let refusal = STSRefusal(code: "SomeCode", message: "User \(o) may not do that.", status: 403, requestID: "r-1")
    let bare = STSRefusal(code: "SomeCode", message: "", status: 403, requestID: nil)
    return [
        .malformedRegion("eu-wst-1"), .malformedRegion(o), .malformedSetting(name: "use_fips_endpoint", value: o),
        .malformedEndpoint(.malformedURL(o)), .customEndpoint(setting: "use_fips_endpoint"),
        .noFIPS(partition: "aws-cn"),
        .malformedCode,
        .signing(.expiresOutOfRange(0)), .network(.libraryMissing), .invalidResponse(.html, status: 200),
        .wrongCode(refusal), .unknownDevice(refusal), .accessDenied(refusal), .expiredToken(refusal),
        .invalidKey(refusal), .skewed(refusal, offset: -600), .throttled(refusal), .refused(refusal), .refused(bare),
    ]
}

private func notAnAnswers(_ o: String) -> [(String, Failure)] {
    let all: [InvalidResponse] = [
        .empty, .html, .json, .xml(.empty), .unexpectedElement(o), .missing("Expiration"), .expired,
    ]
    return all.map {
        (
            String(describing: $0).prefix { $0 != "(" }.description,
            Failure(STSError.invalidResponse($0, status: 200), doing: "make a session")
        )
    }
}

private func metadataErrors(_ o: String) -> [MetadataError] {
    [
        .disabled, .notSet, .malformedSetting(name: "AWS_EC2_METADATA_V1_DISABLED", value: o),
        .malformedURI(setting: "AWS_CONTAINER_CREDENTIALS_FULL_URI"), .notAllowed(host: o),
        .unreadableTokenFile(path: "/v/" + o), .malformedToken, .notHere(host: "169.254.169.254"), .v1Disabled, .noRole,
        .refused(status: 403, reason: "\(o) is not allowed."), .refused(status: 500, reason: ""), .notJSON(.empty),
        .missing("Token"), .network(.redirected(host: o, status: 301)), .network(.libraryMissing),
    ]
}

private func signInErrors(_ o: String) -> [SignInError] {
    let refusal = SignInRefusal(code: "some_code", message: "Not \(o).", status: 400)
    return [
        .malformedRegion("eu-wst-1"), .malformedRegion(o), .malformedEndpoint(.malformedURL(o)),
        .crypto(.refused("SHA256")), .listening(SystemError(call: "bind", path: "", code: 98)),
        .network(.libraryMissing), .invalidResponse(status: 200), .missing("accessToken", status: 200), .expiredAnswer,
        .signInNeeded, .timedOut, .authorizationPending, .slowDown(refusal), .expiredToken(refusal),
        .accessDenied(refusal), .invalidClient(refusal), .invalidGrant(refusal), .noSuchRole(refusal),
        .refused(refusal), .refused(SignInRefusal(code: "", message: "", status: 500)), .damagedToken(.truncated),
        .notACachedToken(missing: "accessToken"), .signInExpired(refusal), .codeExpired,
        .insufficientPermissions(refusal), .notAPastedCode, .anotherSignIn, .endlessList,
    ]
}
