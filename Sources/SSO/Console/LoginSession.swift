import JSON
import Secrets
import Text

/// What a user signed in as.
struct LoginSession {
    /// The ARN that `login_session` is set to.
    let arn: String
    /// Its account: twelve digits.
    let accountID: String
}

/// The subject of an ID token (RFC 7519 section 4.1.2); nil if it is not an ARN.
///
/// The signature is not checked: the token came from the service itself, over TLS.
func loginSession(_ idToken: borrowing SecretBytes) -> LoginSession? {
    let dots = (0..<idToken.count).filter { idToken[$0] == UInt8(ascii: ".") }
    guard dots.count == 2, let claims = idToken.decodedBase64(dots[0] + 1..<dots[1]) else { return nil }
    let subject: String?
    do throws(JSONError) { subject = try JSONObject(claims).text("sub") } catch { return nil }
    return subject.flatMap { session(ofARN: $0) }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, as a line of a config can hold it.
private func session(ofARN arn: String) -> LoginSession? {
    guard arn.utf8.count <= 2048, arn.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
    let fields = arn.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard fields.count == 6, fields[0].elementsEqual("arn".utf8), fields[1].starts(with: "aws".utf8),
        !fields[2].isEmpty, !fields[5].isEmpty, fields[4].count == 12,
        fields[4].allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return LoginSession(arn: arn, accountID: String(decoding: fields[4], as: UTF8.self))
}
