import Failures
import Secrets

/// A secret of a text.
func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

extension SecretBytes {
    /// As text, for a test to compare.
    var shown: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

/// A key, or a session where it has a token or an end.
func credentials(
    id: String = "ASIAEXAMPLE", secret key: String = "se/cr+et", token: String? = "to/ken+=", expiration: Int64? = nil,
    account: String? = nil
) -> Credentials {
    Credentials(
        accessKeyID: id, secret: secret(key), sessionToken: token.map { secret($0) }, expiration: expiration,
        accountID: account)
}

/// 2026-07-31T09:05:07Z.
let end: Int64 = 1_785_488_707

/// The failure of `body`; nil where it goes well.
func failure(_ body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) { try body() } catch { return error }
    return nil
}
