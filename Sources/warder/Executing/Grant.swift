import Secrets
import Shells
import Times

/// Credentials as a container's endpoint gives them (AWS SDKs and Tools Reference Guide, "Container credential
/// provider"), and when they end.
///
/// Between the processes of warder it is two lines: the end in seconds since 1970, and the object.
struct Grant: ~Copyable {
    /// In seconds since 1970.
    let end: Int64
    let json: SecretBytes

    private init(end: Int64, json: consuming SecretBytes) {
        self.end = end
        self.json = json
    }

    /// Only sessions can be served: SDKs insist on a token and an end.
    init(_ credentials: borrowing Credentials, profile: String) throws(Failure) {
        guard let end = credentials.expiration else { throw Self.endless(profile) }
        var json = SecretBytes("{\"AccessKeyId\":")
        json.appendJSONQuoted(credentials.accessKeyID)
        json.append(",\"SecretAccessKey\":")
        json.appendJSONQuoted(credentials.secret)
        json.append(",\"Token\":")
        switch credentials.sessionToken {
        case .some(let token): json.appendJSONQuoted(token)
        case .none: throw Self.endless(profile)
        }
        json.append(",\"Expiration\":\"" + UnixTime(end).iso8601 + "\"")
        if let account = credentials.accountID {
            json.append(",\"AccountId\":")
            json.appendJSONQuoted(account)
        }
        json.append("}\n")
        self.init(end: end, json: json)
    }

    private static func endless(_ profile: String) -> Failure {
        Failure(
            .usage, "\(profile) gives a key without an end, which needs no renewing",
            hint: "leave --serve out, or let the profile give a session")
    }

    /// Reads the two lines; nil where they are not that.
    init?(_ text: borrowing SecretBytes) {
        guard let lineEnd = text.lineEnd(from: 0), let end = Int64(text.text(0..<lineEnd)), lineEnd + 1 < text.count
        else { return nil }
        self.init(end: end, json: text.copy(lineEnd + 1..<text.count))
    }

    /// Adds the two lines to `text`.
    borrowing func write(to text: inout SecretBytes) {
        text.append("\(end)\n")
        text.append(json)
    }
}

extension SecretBytes {
    /// Where the line ends that starts at `start`; nil where it does not.
    borrowing func lineEnd(from start: Int) -> Int? {
        for index in start..<max(start, count) where self[index] == UInt8(ascii: "\n") { return index }
        return nil
    }
}
