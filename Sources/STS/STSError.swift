import Signing
import Transport
import XML

/// What a service said as it refused, without control characters and without anything that was sent in secret.
public struct STSRefusal: Equatable, Sendable {
    /// The error's code, such as `AccessDenied`.
    public let code: String
    /// Its message, 500 characters at most; empty where it repeated a secret.
    public let message: String
    /// The HTTP status.
    public let status: Int
    /// What AWS support asks for.
    public let requestID: String?

    /// Puts a refusal together.
    public init(code: String, message: String, status: Int, requestID: String?) {
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
    }
}

/// Why a response is no answer of the service.
public enum InvalidResponse: Equatable, Sendable {
    /// No body, or white space.
    case empty
    /// A web page: a captive portal, a proxy, a load balancer.
    case html
    /// JSON: another service, or an endpoint that is no STS.
    case json
    /// XML that is refused.
    case xml(XMLError)
    /// Well-formed XML, but another element than the answer's.
    case unexpectedElement(String)
    /// The answer lacks this element, or holds in it what cannot be.
    case missing(String)
    /// Credentials that ended before they came.
    case expired
}

/// What can go wrong with STS and IAM.
public enum STSError: Error, Equatable, Sendable {
    /// The region cannot be part of a host name.
    case malformedRegion(String)
    /// A setting takes other values than this one.
    case malformedSetting(name: String, value: String)
    /// The configured endpoint is no URL, or is plain HTTP to another host.
    case malformedEndpoint(TransportError)
    /// FIPS or dual stack is set beside an endpoint of one's own, which is neither by itself.
    case customEndpoint(setting: String)
    /// A one-time code is six digits.
    case malformedCode
    /// The request could not be signed.
    case signing(SigningError)
    /// There is no response.
    case network(TransportError)
    /// There is a response, but not from the service.
    case invalidResponse(InvalidResponse, status: Int)
    /// The one-time code is wrong, or was used before.
    case wrongCode(STSRefusal)
    /// The MFA device is not this user's.
    case unknownDevice(STSRefusal)
    /// The policy does not allow it.
    case accessDenied(STSRefusal)
    /// The session that signed has ended, or the web identity token.
    case expiredToken(STSRefusal)
    /// The access key is unknown or inactive, or its secret is wrong.
    case invalidKey(STSRefusal)
    /// The clock is off by `offset` seconds (the service's time less ours), also after it was corrected for.
    case skewed(STSRefusal, offset: Int64)
    /// Too many requests.
    case throttled(STSRefusal)
    /// Any other refusal.
    case refused(STSRefusal)

    /// What the service said, where it refused.
    public var refusal: STSRefusal? {
        switch self {
        case .wrongCode(let refusal), .unknownDevice(let refusal), .accessDenied(let refusal),
            .expiredToken(let refusal), .invalidKey(let refusal), .skewed(let refusal, _), .throttled(let refusal),
            .refused(let refusal):
            refusal
        default: nil
        }
    }

    /// Whether it is certain that the service never saw the request, so that a code that may be used once was not used.
    public var isCertainlyUnsent: Bool {
        switch self {
        case .network(let error): error.isCertainlyUnsent
        case .malformedRegion, .malformedSetting, .malformedEndpoint, .customEndpoint, .malformedCode, .signing: true
        default: false
        }
    }
}
