import Crypto
import Secrets
import Times
import Text

/// AWS Signature Version 4 for one service, region and moment (IAM User Guide, "AWS Signature Version 4 for API
/// requests").
public struct Signer: Sendable {
    private let service: String
    private let region: String
    private let time: UnixTime
    private let normalizesPath: Bool
    private let encodesPath: Bool
    private let signsToken: Bool

    /// - Parameters:
    ///   - service: the signing name, such as `sts`.
    ///   - region: the signing region.
    ///   - time: the time of the signature; AWS accepts it within five minutes.
    ///   - normalizesPath: false for S3, whose keys may contain `..` and double slashes.
    ///   - encodesPath: false for a request whose path is encoded already, in the only form that S3 sees.
    ///   - signsToken: false for a service that wants the session token added after signing.
    public init(
        service: String, region: String, time: UnixTime, normalizesPath: Bool = true, encodesPath: Bool = true,
        signsToken: Bool = true
    ) {
        self.service = service
        self.region = region
        self.time = time
        self.normalizesPath = normalizesPath
        self.encodesPath = encodesPath
        self.signsToken = signsToken
    }

    /// The headers that sign a request. The session token is not among them: the caller sends it as
    /// `X-Amz-Security-Token`.
    ///
    /// - Parameter addsPayloadHash: whether to send and sign `x-amz-content-sha256` too, as S3 requires.
    public func headers(
        for request: SignableRequest, signedBy credentials: borrowing Credentials, addsPayloadHash: Bool = false
    ) throws(SigningError) -> [NamedValue] {
        let canonical = canonicalForHeaders(request, credentials, addsPayloadHash: addsPayloadHash)
        let signature = try signature(of: canonical, credentials.secret)
        let authorization =
            "\(algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
            + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
        return addedHeaders(request, addsPayloadHash) + [NamedValue("Authorization", authorization)]
    }

    /// The query of a presigned URL, encoded, without the question mark: the request's own parameters, then those of
    /// the signature, in the order in which botocore writes them. It is secret, since it is enough to make the request.
    ///
    /// - Parameter expiresIn: 1 to 604,800 seconds.
    public func presignedQuery(
        for request: SignableRequest, signedBy credentials: borrowing Credentials, expiresIn: Int
    ) throws(SigningError) -> SecretBytes {
        guard (1...604_800).contains(expiresIn) else { throw .expiresOutOfRange(expiresIn) }
        let canonical = canonicalForQuery(request, credentials, expiresIn: expiresIn)
        var query = SecretBytes(capacity: 4096)
        for parameter in request.query + signatureParameters(request, credentials, expiresIn: expiresIn) {
            if !query.isEmpty { query.append("&") }
            query.append(percentEncoded(parameter.name) + "=" + percentEncoded(parameter.value))
        }
        switch credentials.sessionToken {
        case .some(let token):
            query.append("&\(tokenParameter)=")
            query.appendPercentEncoded(token)
        case .none: break
        }
        query.append("&X-Amz-Signature=" + (try signature(of: canonical, credentials.secret)))
        return query
    }

    // MARK: the steps of the specification

    package func canonicalForHeaders(
        _ request: SignableRequest, _ credentials: borrowing Credentials, addsPayloadHash: Bool
    ) -> CanonicalRequest {
        var request = request
        request.headers += addedHeaders(request, addsPayloadHash)
        if signsToken {
            return CanonicalRequest(
                request, normalizesPath: normalizesPath, encodesPath: encodesPath,
                headerToken: credentials.sessionToken, queryToken: nil)
        }
        return CanonicalRequest(
            request, normalizesPath: normalizesPath, encodesPath: encodesPath, headerToken: nil, queryToken: nil)
    }

    package func canonicalForQuery(
        _ request: SignableRequest, _ credentials: borrowing Credentials, expiresIn: Int
    ) -> CanonicalRequest {
        var request = request
        request.query += signatureParameters(request, credentials, expiresIn: expiresIn)
        if signsToken {
            return CanonicalRequest(
                request, normalizesPath: normalizesPath, encodesPath: encodesPath, headerToken: nil,
                queryToken: credentials.sessionToken)
        }
        return CanonicalRequest(
            request, normalizesPath: normalizesPath, encodesPath: encodesPath, headerToken: nil, queryToken: nil)
    }

    /// The parameters of the signature without the session token, which is secret, and the signature itself.
    private func signatureParameters(
        _ request: SignableRequest, _ credentials: borrowing Credentials, expiresIn: Int
    ) -> [NamedValue] {
        let signedHeaders = Set(request.headers.map { $0.name.lowercased() }).sorted().joined(separator: ";")
        return [
            NamedValue("X-Amz-Algorithm", algorithm),
            NamedValue("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
            NamedValue("X-Amz-Date", time.iso8601Basic), NamedValue("X-Amz-Expires", String(expiresIn)),
            NamedValue("X-Amz-SignedHeaders", signedHeaders),
        ]
    }

    package func stringToSign(_ canonical: borrowing CanonicalRequest) throws(SigningError) -> String {
        "\(algorithm)\n\(time.iso8601Basic)\n\(scope)\n\(try canonical.text.hexSHA256())"
    }

    package func signature(
        of canonical: borrowing CanonicalRequest, _ secret: borrowing SecretBytes
    ) throws(SigningError) -> String {
        let message = try stringToSign(canonical)
        do throws(CryptoError) {
            var key = SecretBytes("AWS4")
            key.append(secret)
            for part in [date, region, service, "aws4_request"] { key = try secretHMACSHA256(key: key, part) }
            return hexadecimal(try hmacSHA256(key: key, message))
        } catch { throw .crypto(error) }
    }

    private var date: String { String(time.iso8601Basic.prefix(8)) }
    private var scope: String { "\(date)/\(region)/\(service)/aws4_request" }

    private func addedHeaders(_ request: SignableRequest, _ addsPayloadHash: Bool) -> [NamedValue] {
        [NamedValue("X-Amz-Date", time.iso8601Basic)]
            + (addsPayloadHash ? [NamedValue("X-Amz-Content-Sha256", request.payload.hash)] : [])
    }
}

private let algorithm = "AWS4-HMAC-SHA256"

private func secretHMACSHA256(key: borrowing SecretBytes, _ text: String) throws(CryptoError) -> SecretBytes {
    var message = SecretBytes(capacity: text.utf8.count)
    message.append(text)
    return try message.withUnsafeBytes { (message) throws(CryptoError) in
        try secretHMACSHA256(key: key, message)
    }
}

private func hmacSHA256(key: borrowing SecretBytes, _ text: String) throws(CryptoError) -> [UInt8] {
    var message = SecretBytes(capacity: text.utf8.count)
    message.append(text)
    return try message.withUnsafeBytes { (message) throws(CryptoError) in try hmacSHA256(key: key, message) }
}
