import Crypto
import Secrets
import Times
import Transport

/// A proof that the sender of a request holds the key of its token (RFC 9449 section 4): a JSON Web Token for the
/// header `DPoP`, valid for one request.
///
/// - Parameters:
///   - url: where the request goes; it has neither a query nor a fragment.
///   - now: when it is sent.
func proof(
    by key: borrowing P256Key, method: StaticString, url: ServiceURL, at now: UnixTime, _ random: RandomSource
) throws(SignInError) -> SecretBytes {
    let identifier = try randomUUID(random)
    do throws(CryptoError) {
        var text = try encoded(header(key.publicPoint))
        text.append(".")
        text.append(encoded(claims(method, url, now, identifier)))
        let signature = try key.signature(of: text)
        text.append(".")
        text.append(signature.span.withUnsafeBytes { SecretBytes(base64URL: $0) })
        return text
    } catch { throw .crypto(error) }
}

private func header(_ point: (x: [UInt8], y: [UInt8])) -> SecretBytes {
    var text = SecretBytes(#"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","x":""#)
    text.append(point.x.span.withUnsafeBytes { SecretBytes(base64URL: $0) })
    text.append(#"","y":""#)
    text.append(point.y.span.withUnsafeBytes { SecretBytes(base64URL: $0) })
    text.append(#"","crv":"P-256"}}"#)
    return text
}

private func claims(
    _ method: StaticString, _ url: ServiceURL, _ now: UnixTime, _ identifier: borrowing SecretBytes
) -> SecretBytes {
    var text = SecretBytes(#"{"htm":"#)
    text.appendJSONQuoted(SecretBytes(method))
    text.append(#","htu":"#)
    text.appendJSONQuoted(url.text)
    text.append(#","iat":\#(now.seconds),"jti":"#)
    text.appendJSONQuoted(identifier)
    text.append("}")
    return text
}

private func encoded(_ text: borrowing SecretBytes) -> SecretBytes {
    text.withUnsafeBytes { SecretBytes(base64URL: $0) }
}
