import JSON
import Secrets
import Text
import Times
import Transport

/// Parses the form in which all metadata services return credentials: `AccessKeyId`, `SecretAccessKey`, `Token`,
/// `Expiration` and, from some, `AccountId`. EC2 reports a refusal in the same form, with a `Code` other than
/// `Success`.
///
/// A past expiration is passed on: EC2 keeps serving old credentials while it cannot make new ones.
func credentials(
    in response: borrowing HTTPResponse, hiding token: borrowing SecretBytes?
) throws(MetadataError) -> Credentials {
    guard response.status == 200 else { throw refusal(response, hiding: token) }
    let object = try json(response.body)
    do throws(JSONError) {
        if let code = try object.text("Code"), !code.isEmpty, code != "Success" {
            throw JSONError.wrongType(key: "Code")
        }
    } catch { throw refusal(response, hiding: token) }
    let keyID = try string("AccessKeyId", in: object)
    guard (1...128).contains(keyID.utf8.count), keyID.utf8.allSatisfy(isWordByte) else {
        throw .missing("AccessKeyId")
    }
    guard let end = UnixTime(iso8601: try string("Expiration", in: object)) else { throw .missing("Expiration") }
    let account = try? object.accountID("AccountId")
    return Credentials(
        accessKeyID: keyID, secret: try secret("SecretAccessKey", in: object),
        sessionToken: try secret("Token", in: object), expiration: end.seconds,
        accountID: account.flatMap { isAccount($0) ? $0 : nil })
}

/// The message of a refusal, without any secret that was sent.
func refusal(_ response: borrowing HTTPResponse, hiding token: borrowing SecretBytes?) -> MetadataError {
    var secrets = SentSecrets()
    switch token {
    case .some(let token): secrets.add(token)
    case .none: break
    }
    return .refused(status: response.status, reason: reason(response.body, hiding: secrets))
}

/// `Code: Message`, as far as the body has them.
private func reason(_ body: borrowing SecretBytes, hiding secrets: borrowing SentSecrets) -> String {
    guard !secrets.areRepeated(by: body), let object = try? JSONObject(body) else { return "" }
    /// EC2 capitalises these names, ECS does not.
    func text(_ names: String...) -> String? {
        for name in names {
            guard let text = try? object.secret(name), let shown = secrets.shown(text), !shown.isEmpty else { continue }
            return shown
        }
        return nil
    }
    let parts = [text("Code", "code"), text("Message", "message")].compactMap { $0 }
    return secrets.areRepeated(across: parts) ? "" : printable(parts.joined(separator: ": "), limit: 300)
}

private func json(_ body: borrowing SecretBytes) throws(MetadataError) -> JSONObject {
    do throws(JSONError) { return try JSONObject(body) } catch { throw .notJSON(error) }
}

private func string(_ key: String, in object: borrowing JSONObject) throws(MetadataError) -> String {
    do throws(JSONError) { if let text = try object.text(key) { return text } } catch {}
    throw .missing(key)
}

private func secret(_ key: String, in object: borrowing JSONObject) throws(MetadataError) -> SecretBytes {
    do throws(JSONError) {
        if let secret = try object.secret(key), isPrintable(secret) { return secret }
    } catch {}
    throw .missing(key)
}

/// Whether it is not empty, and ASCII without spaces and control characters.
func isPrintable(_ secret: borrowing SecretBytes) -> Bool {
    !secret.isEmpty && (0..<secret.count).allSatisfy { (33...126).contains(secret[$0]) }
}

private func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
}

func isWordByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
}
