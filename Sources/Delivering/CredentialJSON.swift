import Failures
import Secrets
import Times

/// The answer of a `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential provider"): one
/// object, then a newline.
///
/// `Version` is a number, `AccountId` a string; `Expiration` ends in `Z` without a fraction, the one form that every
/// SDK reads. Built by hand, because it contains secrets and must be built in memory that may hold them.
package func credentialJSON(_ credentials: borrowing Credentials) throws(Failure) -> SecretBytes {
    var json = SecretBytes("{\"Version\":1,\"AccessKeyId\":")
    json.appendJSONQuoted(credentials.accessKeyID)
    json.append(",\"SecretAccessKey\":")
    json.appendJSONQuoted(credentials.secret)
    switch credentials.sessionToken {
    case .some(let token):
        json.append(",\"SessionToken\":")
        json.appendJSONQuoted(token)
    case .none: break
    }
    if let expiration = credentials.expiration {
        json.append(",\"Expiration\":\"" + UnixTime(expiration).iso8601 + "\"")
    }
    if let account = credentials.accountID {
        json.append(",\"AccountId\":")
        json.appendJSONQuoted(account)
    }
    json.append("}\n")
    guard json.count <= 8192 else {
        throw Failure(
            .other, "the credentials take \(json.count) bytes, and some SDKs read no more than 8192",
            hint: "shorten the role's policy or tags, which make the session token long")
    }
    return json
}
