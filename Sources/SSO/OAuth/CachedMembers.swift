import JSON
import Secrets
import Text
import Times

/// Parses a file in which the AWS CLI keeps a token.
func cachedObject(_ text: borrowing SecretBytes) throws(SignInError) -> JSONObject {
    do throws(JSONError) { return try JSONObject(text) } catch { throw .notACachedToken(missing: "accessToken") }
}

extension JSONObject {
    /// A member that may be secret: printable ASCII without spaces; nil if it is absent or empty.
    borrowing func cachedSecret(_ name: String) throws(SignInError) -> SecretBytes? {
        guard let secret = try cachedMember(name), !secret.isEmpty else { return nil }
        guard isVisible(secret) else { throw .notACachedToken(missing: name) }
        return secret
    }

    /// The same for one that is not secret.
    borrowing func cachedWord(_ name: String) throws(SignInError) -> String? {
        guard let word = try cachedSecret(name) else { return nil }
        return word.text(0..<word.count)
    }

    /// A time; nil if it is absent or empty.
    borrowing func cachedTime(_ name: String) throws(SignInError) -> UnixTime? {
        guard let written = try cachedMember(name), !written.isEmpty else { return nil }
        var text = written.text(0..<written.count)
        // Version 2.0 of the CLI wrote it this way.
        if text.ends(with: "UTC") { text = String(text.unicodeScalars.dropLast(3)) + "Z" }
        guard let time = UnixTime(iso8601: text) else { throw .notACachedToken(missing: name) }
        return time
    }

    /// A string; nil if it is absent.
    borrowing func cachedMember(_ name: String) throws(SignInError) -> SecretBytes? {
        do throws(JSONError) { return try secret(name) } catch { throw .notACachedToken(missing: name) }
    }
}
