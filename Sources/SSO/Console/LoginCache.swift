import Crypto
import JSON
import Secrets
import Text

/// The name of the file under `~/.aws/login/cache` where the AWS CLI and the SDKs keep the token of a login session.
///
/// - Parameter arn: `login_session`.
/// - Throws: `.crypto`.
public func loginCacheFileName(session arn: String) throws(SignInError) -> String {
    let name = Array(arn.utf8)
    do throws(CryptoError) {
        let digest = try name.span.withUnsafeBytes { (bytes) throws(CryptoError) in try sha256(bytes) }
        return hexadecimal(digest) + ".json"
    } catch { throw .crypto(error) }
}

extension LoginToken {
    /// Reads a token as the AWS CLI and the SDKs store it. Its session may no longer be valid.
    ///
    /// - Throws: `.notACachedToken`.
    public init(cliCache text: borrowing SecretBytes) throws(SignInError) {
        self = try cachedToken(cachedObject(text))
    }

    /// The file with this token in place of the one that was in it: its session and its refresh token replace the old
    /// ones, and every other byte stays, as the members do that warder does not know.
    ///
    /// - Parameter old: the file, which holds a token.
    /// - Throws: `.notACachedToken`.
    public borrowing func cliCache(updating old: borrowing SecretBytes) throws(SignInError) -> SecretBytes {
        let object = try cachedObject(old)
        var places = try Member.allCases.map { (member) throws(SignInError) in (member, try place(member, object)) }
        places.sort { $0.1.lowerBound < $1.1.lowerBound }
        var text = SecretBytes(capacity: old.count + 4096)
        var end = 0
        for (member, place) in places {
            text.append(old.copy(end..<place.lowerBound))
            append(member, to: &text)
            end = place.upperBound
        }
        text.append(old.copy(end..<old.count))
        return text
    }

    private borrowing func append(_ member: Member, to text: inout SecretBytes) {
        switch member {
        case .accessKeyID: text.appendJSONQuoted(accessKeyID)
        case .secretAccessKey: text.appendJSONQuoted(secretAccessKey)
        case .sessionToken: text.appendJSONQuoted(sessionToken)
        case .expiration: text.appendJSONQuoted(expiration.iso8601)
        case .refreshToken: text.appendJSONQuoted(refreshToken)
        }
    }
}

/// The members that change when a token is renewed; all but the last are in `accessToken`.
private enum Member: String, CaseIterable {
    case accessKeyID = "accessKeyId"
    case secretAccessKey
    case sessionToken
    case expiration = "expiresAt"
    case refreshToken
}

private func place(_ member: Member, _ object: borrowing JSONObject) throws(SignInError) -> Range<Int> {
    let place =
        member == .refreshToken
        ? object.place(of: member.rawValue) : object.place(of: member.rawValue, in: "accessToken")
    guard let place else { throw .notACachedToken(missing: member.rawValue) }
    return place
}

private func cachedToken(_ object: borrowing JSONObject) throws(SignInError) -> LoginToken {
    let session = try cachedSession(object)
    return LoginToken(
        accessKeyID: try needed("accessKeyId", session.cachedWord("accessKeyId")),
        secretAccessKey: try needed("secretAccessKey", session), sessionToken: try needed("sessionToken", session),
        accountID: try cachedAccount(session), expiration: try needed("expiresAt", session.cachedTime("expiresAt")),
        clientID: try needed("clientId", object.cachedWord("clientId")),
        refreshToken: try needed("refreshToken", object), key: try cachedKey(object),
        tokenType: try object.cachedWord("tokenType"), idToken: try object.cachedSecret("idToken"),
        region: try object.cachedWord("signInRegion"))
}

private func cachedSession(_ object: borrowing JSONObject) throws(SignInError) -> JSONObject {
    let session: JSONObject?
    do throws(JSONError) { session = try object.object("accessToken") } catch {
        throw .notACachedToken(missing: "accessToken")
    }
    guard let session else { throw .notACachedToken(missing: "accessToken") }
    return session
}

private func cachedKey(_ object: borrowing JSONObject) throws(SignInError) -> P256Key {
    guard let text = try object.cachedMember("dpopKey") else { throw .notACachedToken(missing: "dpopKey") }
    do throws(CryptoError) { return try P256Key(pem: text) } catch { throw .notACachedToken(missing: "dpopKey") }
}

private func cachedAccount(_ session: borrowing JSONObject) throws(SignInError) -> String? {
    do throws(JSONError) {
        guard let account = try session.accountID("accountId"), !account.isEmpty else { return nil }
        guard account.utf8.allSatisfy({ (33...126).contains($0) }) else { throw .wrongType(key: "accountId") }
        return account
    } catch { throw .notACachedToken(missing: "accountId") }
}

private func needed<Value>(_ name: String, _ value: Value?) throws(SignInError) -> Value {
    guard let value else { throw .notACachedToken(missing: name) }
    return value
}

private func needed(_ name: String, _ object: borrowing JSONObject) throws(SignInError) -> SecretBytes {
    guard let secret = try object.cachedSecret(name) else { throw .notACachedToken(missing: name) }
    return secret
}
