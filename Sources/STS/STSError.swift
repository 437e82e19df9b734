import Signing
import Transport
import XML

/// A service's message for a refused request, without control characters and without any secret of the request.
public struct STSRefusal: Equatable, Sendable {
    /// The error's code, such as `AccessDenied`.
    public let code: String
    /// Its message, 500 characters at most; empty if it repeated a secret.
    public let message: String
    /// The HTTP status.
    public let status: Int
    /// The ID that AWS support asks for.
    public let requestID: String?

    /// A refusal with its code and message.
    public init(code: String, message: String, status: Int, requestID: String?) {
        self.code = code
        self.message = message
        self.status = status
        self.requestID = requestID
    }
}

/// Why a response cannot be the service's answer.
public enum InvalidResponse: Equatable, Sendable {
    /// No body, or white space.
    case empty
    /// A web page: a captive portal, a proxy, a load balancer.
    case html
    /// JSON: another service, or an endpoint that is not STS.
    case json
    /// XML that the parser refuses.
    case xml(XMLError)
    /// Well-formed XML with another root element than the answer's.
    case unexpectedElement(String)
    /// The answer lacks this element, or its content is invalid.
    case missing(String)
    /// The credentials had expired before they arrived.
    case expired
}

/// Why a request to STS or IAM failed.
public enum STSError: Error, Equatable, Sendable {
    /// The region cannot be part of a host name.
    case malformedRegion(String)
    /// A setting has an invalid value.
    case malformedSetting(name: String, value: String)
    /// The configured endpoint is not a URL, or is plain HTTP to another host.
    case malformedEndpoint(TransportError)
    /// FIPS or dual stack is set beside a custom endpoint, which cannot be converted to either.
    case customEndpoint(setting: String)
    /// FIPS is set, and the service has no such endpoints in the partition.
    case noFIPS(partition: String)
    /// The one-time code is not six digits.
    case malformedCode
    /// The request could not be signed.
    case signing(SigningError)
    /// No response arrived.
    case network(TransportError)
    /// A response arrived, but not from the service.
    case invalidResponse(InvalidResponse, status: Int)
    /// The one-time code is wrong, or was used before.
    case wrongCode(STSRefusal)
    /// The MFA device does not belong to this user.
    case unknownDevice(STSRefusal)
    /// The policy does not allow it.
    case accessDenied(STSRefusal)
    /// The signing session, or the web identity token, has expired.
    case expiredToken(STSRefusal)
    /// The access key is unknown or inactive, or its secret is wrong.
    case invalidKey(STSRefusal)
    /// The clock is off by `offset` seconds (the service's time minus ours), even after correction.
    case skewed(STSRefusal, offset: Int64)
    /// Too many requests.
    case throttled(STSRefusal)
    /// Any other refusal.
    case refused(STSRefusal)

    /// The service's message, if it refused.
    public var refusal: STSRefusal? {
        switch self {
        case .wrongCode(let refusal), .unknownDevice(let refusal), .accessDenied(let refusal),
            .expiredToken(let refusal), .invalidKey(let refusal), .skewed(let refusal, _), .throttled(let refusal),
            .refused(let refusal):
            refusal
        default: nil
        }
    }

    /// Whether the service certainly never saw the request, so that a one-time code in it is still unused.
    public var isCertainlyUnsent: Bool {
        switch self {
        case .network(let error): error.isCertainlyUnsent
        case .malformedRegion, .malformedSetting, .malformedEndpoint, .customEndpoint, .noFIPS, .malformedCode,
            .signing:
            true
        default: false
        }
    }
}
