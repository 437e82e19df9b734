import STS
import Secrets
import Signing
import Text
import Times

/// The URL of a request, which carries its own permission (Amazon S3 API Reference, "Authenticating Requests: Using
/// Query Parameters").
package enum PresignedURL {
    /// Makes the URL. It is secret: it contains the session token, and anyone who has it can make the request.
    ///
    /// - Parameters:
    ///   - endpoint: that of S3. Below AWS's own, the bucket is part of the host name, if it can be; a custom one
    ///     always has it in the path, since its host may be an address.
    ///   - time: the time from which the URL is valid, by AWS's clock.
    package static func make(
        _ request: ObjectRequest, at endpoint: Endpoint, signedBy credentials: borrowing Credentials, time: UnixTime,
        validity: Validity
    ) throws(PresigningError) -> SecretBytes {
        let isVirtual = !endpoint.isCustom && request.object.isHostLabel
        let host = (isVirtual ? "\(request.object.bucket)." : "") + endpoint.url.hostHeader
        let base = endpoint.url.path
        let path =
            (base.ends(with: "/") ? base : base + "/")
            + percentEncoded(
                (isVirtual ? "" : "\(request.object.bucket)/") + request.object.key, keepingSlashes: true)
        let signable = SignableRequest(
            method: request.method.rawValue, path: path, query: request.query,
            headers: [NamedValue("host", host)]
                + (request.contentType.map { [NamedValue("content-type", $0)] } ?? []),
            payload: .unsigned)
        let signer = Signer(
            service: "s3", region: endpoint.signingRegion, time: time, normalizesPath: false, encodesPath: false)
        var url = SecretBytes(capacity: 4096)
        url.append("\(endpoint.url.isSecure ? "https" : "http")://\(host)\(path)?")
        do throws(SigningError) {
            url.append(try signer.presignedQuery(for: signable, signedBy: credentials, expiresIn: validity.seconds))
        } catch { throw .signing(error) }
        return url
    }
}
