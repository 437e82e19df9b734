import Failures
import Linux
import Secrets
import Sessions
import Times

/// Credentials as a container endpoint returns them (AWS SDKs and Tools Reference Guide, "Container credential
/// provider"), their end, and when to renew them.
///
/// warder processes exchange it as two lines: first the end in seconds since 1970 and the margin in seconds, separated
/// by a space; then the object.
package struct ServedCredentials: ~Copyable {
    /// In seconds since 1970 by this machine's clock.
    let end: Int64
    /// The credentials are renewed when less time is left, in seconds.
    let margin: Int64
    let json: SecretBytes

    private init(end: Int64, margin: Int64, json: consuming SecretBytes) {
        self.end = end
        self.margin = margin
        self.json = json
    }

    /// Only sessions can be served: SDKs require a token and an expiration.
    package init(_ credentials: borrowing Credentials, profile: String, freshness: Freshness, now: Int64)
        throws(Failure)
    {
        guard let expiration = credentials.expiration, let end = credentials.end else { throw Self.endless(profile) }
        var json = SecretBytes("{\"AccessKeyId\":")
        json.appendJSONQuoted(credentials.accessKeyID)
        json.append(",\"SecretAccessKey\":")
        json.appendJSONQuoted(credentials.secret)
        json.append(",\"Token\":")
        switch credentials.sessionToken {
        case .some(let token): json.appendJSONQuoted(token)
        case .none: throw Self.endless(profile)
        }
        json.append(",\"Expiration\":\"" + UnixTime(expiration).iso8601 + "\"")
        if let account = credentials.accountID {
            json.append(",\"AccountId\":")
            json.appendJSONQuoted(account)
        }
        json.append("}\n")
        let life = end - (credentials.issued ?? now)
        self.init(end: end, margin: freshness.margin(ofLife: life), json: json)
    }

    private static func endless(_ profile: String) -> Failure {
        Failure(
            .usage, "\(profile) gives a key without an end, which needs no renewing",
            hint: "leave --serve out, or let the profile give a session")
    }

    /// Reads the two lines; nil if the text has another form.
    package init?(_ text: borrowing SecretBytes) {
        guard let lineEnd = text.lineEnd(from: 0), lineEnd + 1 < text.count else { return nil }
        let numbers = text.text(0..<lineEnd).split(separator: " ", omittingEmptySubsequences: false).map { Int64($0) }
        guard numbers.count == 2, let end = numbers[0], let margin = numbers[1] else { return nil }
        self.init(end: end, margin: margin, json: text.copy(lineEnd + 1..<text.count))
    }

    /// Adds the two lines to `text`.
    package borrowing func write(to text: inout SecretBytes) {
        text.append("\(end) \(margin)\n")
        text.append(json)
    }
}

extension SecretBytes {
    /// The end of the line that starts at `start`; nil if the line does not end.
    package borrowing func lineEnd(from start: Int) -> Int? {
        for index in start..<max(start, count) where self[index] == UInt8(ascii: "\n") { return index }
        return nil
    }
}
