import Crypto
import JSON
import Secrets
import Text
import Times

/// The name of the file under `~/.aws/sso/cache` where the AWS CLI and the SDKs keep a token (AWS SDKs and Tools
/// Reference Guide, "IAM Identity Center credential provider").
///
/// - Parameters:
///   - session: the name of the `sso-session`; nil for settings in the profile itself, whose file is named after the
///     start URL.
/// - Throws: `.crypto`.
public func cliCacheFileName(session: String?, startURL: String) throws(SignInError) -> String {
    let name = Array((session ?? startURL).utf8)
    do throws(CryptoError) {
        let digest = try name.span.withUnsafeBytes { (bytes) throws(CryptoError) in try sha1(bytes) }
        return hexadecimal(digest) + ".json"
    } catch { throw .crypto(error) }
}

extension SSOToken {
    /// Reads a token as the AWS CLI stores it. It may no longer be valid.
    ///
    /// Its refresh token belongs to the CLI: once used here, it may not work there any more.
    ///
    /// - Throws: `.notACachedToken`.
    public init(cliCache text: borrowing SecretBytes, site: Site) throws(SignInError) {
        self = try cachedToken(parse(text), site)
    }
}

private func parse(_ text: borrowing SecretBytes) throws(SignInError) -> JSONObject {
    do throws(JSONError) { return try JSONObject(text) } catch { throw .notACachedToken(missing: "accessToken") }
}

private func cachedToken(_ object: borrowing JSONObject, _ site: Site) throws(SignInError) -> SSOToken {
    guard let token = try secret("accessToken", object) else { throw .notACachedToken(missing: "accessToken") }
    guard let end = try time("expiresAt", object) else { throw .notACachedToken(missing: "expiresAt") }
    return SSOToken(
        accessToken: token, expiration: end, refreshToken: try secret("refreshToken", object),
        registration: try registration(object), site: site)
}

private func registration(_ object: borrowing JSONObject) throws(SignInError) -> Registration? {
    guard let clientID = try secret("clientId", object), let clientSecret = try secret("clientSecret", object),
        let end = try time("registrationExpiresAt", object)
    else { return nil }
    return Registration(
        clientID: clientID.text(0..<clientID.count), clientSecret: clientSecret, expiration: end)
}

private func secret(_ name: String, _ object: borrowing JSONObject) throws(SignInError) -> SecretBytes? {
    guard let secret = try member(name, object), !secret.isEmpty else { return nil }
    guard isVisible(secret) else { throw .notACachedToken(missing: name) }
    return secret
}

private func time(_ name: String, _ object: borrowing JSONObject) throws(SignInError) -> UnixTime? {
    guard let written = try member(name, object), !written.isEmpty else { return nil }
    var text = written.text(0..<written.count)
    // Version 2.0 of the CLI wrote it this way.
    if text.ends(with: "UTC") { text = String(text.unicodeScalars.dropLast(3)) + "Z" }
    guard let time = UnixTime(iso8601: text) else { throw .notACachedToken(missing: name) }
    return time
}

private func member(_ name: String, _ object: borrowing JSONObject) throws(SignInError) -> SecretBytes? {
    do throws(JSONError) { return try object.secret(name) } catch { throw .notACachedToken(missing: name) }
}
