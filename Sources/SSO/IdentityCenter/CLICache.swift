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
        self = try cachedToken(cachedObject(text), site)
    }
}

private func cachedToken(_ object: borrowing JSONObject, _ site: Site) throws(SignInError) -> SSOToken {
    guard let token = try object.cachedSecret("accessToken") else { throw .notACachedToken(missing: "accessToken") }
    guard let end = try object.cachedTime("expiresAt") else { throw .notACachedToken(missing: "expiresAt") }
    return SSOToken(
        accessToken: token, expiration: end, refreshToken: try object.cachedSecret("refreshToken"),
        registration: try registration(object), site: site)
}

private func registration(_ object: borrowing JSONObject) throws(SignInError) -> Registration? {
    guard let clientID = try object.cachedWord("clientId"), let clientSecret = try object.cachedSecret("clientSecret"),
        let end = try object.cachedTime("registrationExpiresAt")
    else { return nil }
    return Registration(clientID: clientID, clientSecret: clientSecret, expiration: end)
}
