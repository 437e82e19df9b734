import Secrets
import Text
import XML

/// How many seconds a clock may be off before a refusal is blamed on it; AWS allows five minutes.
let toleratedSkew: Int64 = 240

extension STSError {
    /// Parses the response to a refused request.
    ///
    /// - Parameters:
    ///   - offset: the service's time minus ours, in seconds, if the response has a date.
    ///   - secrets: the secrets in the request, none of which may be shown.
    init(
        refusal body: borrowing SecretBytes, status: Int, offset: Int64?, hiding secrets: borrowing SentSecrets
    ) {
        do throws(STSError) {
            let document = try parse(body, status: status)
            let refusal = try STSRefusal(in: document, status: status, hiding: secrets)
            self = Self.classified(refusal, offset: offset)
        } catch {
            self = error
        }
    }

    private static func classified(_ refusal: STSRefusal, offset: Int64?) -> STSError {
        if skewCodes.contains(refusal.code), let offset, abs(offset) > toleratedSkew {
            return .skewed(refusal, offset: offset)
        }
        if throttlingCodes.contains(refusal.code) || refusal.status == 429 { return .throttled(refusal) }
        switch refusal.code {
        case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
            return denied(refusal)
        case "ExpiredToken", "ExpiredTokenException":
            return .expiredToken(refusal)
        case "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
            "InvalidSignatureException", "AuthFailure":
            return .invalidKey(refusal)
        default:
            return .refused(refusal)
        }
    }

    /// Only the message tells that STS rejected the code.
    private static func denied(_ refusal: STSRefusal) -> STSError {
        let message = refusal.message.lowercased()
        if position(of: "invalid mfa one time pass code", in: message) != nil { return .wrongCode(refusal) }
        if position(of: "unable to validate mfa code", in: message) != nil { return .unknownDevice(refusal) }
        return .accessDenied(refusal)
    }
}

extension STSRefusal {
    fileprivate init(
        in document: borrowing Document, status: Int, hiding secrets: borrowing SentSecrets
    ) throws(STSError) {
        // Gateways and test servers wrap it in another `Errors`, as in EC2's query protocol.
        guard document.root.name.isSame(as: "ErrorResponse"),
            let error = document.element("Error") ?? document.element("Errors", "Error"),
            let code = document.element("Code", under: error)
        else {
            throw .invalidResponse(.unexpectedElement(shownName(of: document.root, hiding: secrets)), status: status)
        }
        var message = ""
        if let element = document.element("Message", under: error) {
            message = secrets.shown(document.secret(element)).map(shortened) ?? ""
        }
        var requestID: String?
        if let element = document.element("RequestId") {
            requestID = secrets.shown(document.secret(element)).map { printable(trimmed($0), limit: 100) }
        }
        let shownCode = secrets.shown(document.secret(code)).map { printable(trimmed($0), limit: 100) }
        if secrets.areRepeated(across: [shownCode ?? "", message, requestID ?? ""]) {
            self.init(code: SentSecrets.placeholder, message: "", status: status, requestID: nil)
        } else {
            self.init(
                code: shownCode ?? SentSecrets.placeholder, message: message, status: status, requestID: requestID)
        }
    }
}

/// Errors of a wrong clock (AWS SDKs, clock skew correction). The service checks the time before it checks a code.
private let skewCodes: Set<String> = [
    "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    "RequestInTheFuture",
]

/// AWS SDKs and Tools Reference Guide, "Retry behavior".
private let throttlingCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
    "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
    "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
    "PriorRequestNotComplete", "EC2ThrottledException",
]

/// The message of a refused signature contains the canonical request, and so headers, after its first line.
private func shortened(_ message: String) -> String {
    let text = trimmed(message)
    let line = text.utf8.split(maxSplits: 1) { $0 == 10 || $0 == 13 }.first.map { String(Substring($0)) } ?? ""
    let kept = position(of: "The Canonical String", in: line).map { String(line[..<$0]) } ?? line
    return printable(trimmed(kept), limit: 500)
}

/// Where `part` begins in `text`; nil if it does not occur.
private func position(of part: String, in text: String) -> String.Index? {
    text.indices.first { text[$0...].begins(with: part) }
}
