import Secrets
import Text

/// The canonical form of a request (IAM User Guide, "Create a signed AWS API request", step 1).
///
/// It is secret, because it contains the session token.
package struct CanonicalRequest: ~Copyable {
    /// The six parts, each on its own line.
    package let text: SecretBytes
    /// The third part: the query, sorted and encoded.
    package let query: SecretBytes
    /// The names of the signed headers, joined by semicolons.
    package let signedHeaders: String

    /// - Parameters:
    ///   - normalizesPath: whether to remove `.`, `..` and double slashes, as for every service but S3.
    ///   - encodesPath: whether to percent-encode the path.
    ///   - headerToken: the session token if it is signed as a header.
    ///   - queryToken: the session token if it is signed as a parameter.
    init(
        _ request: SignableRequest, normalizesPath: Bool, encodesPath: Bool, headerToken: borrowing SecretBytes?,
        queryToken: borrowing SecretBytes?
    ) {
        var names = request.headers.map { $0.name.lowercased() }
        if headerToken != nil { names.append(tokenHeader) }
        names.sort()
        var allNames: [String] = []
        for name in names where allNames.last != name { allNames.append(name) }
        signedHeaders = allNames.joined(separator: ";")
        query = canonicalQuery(request.query, token: queryToken)

        var text = SecretBytes(capacity: 4096)
        text.append(request.method + "\n")
        let path = normalizesPath ? normalized(request.path) : request.path
        if encodesPath { text.appendPercentEncoded(path, keepingSlashes: true) } else { text.append(path) }
        text.append("\n")
        text.append(query)
        text.append("\n")
        for name in allNames {
            text.append(name + ":")
            switch headerToken {
            case .some(let token) where name == tokenHeader: text.append(token)
            default: text.append(canonicalValue(of: name, in: request.headers))
            }
            text.append("\n")
        }
        text.append("\n" + signedHeaders + "\n" + request.payload.hash)
        self.text = text
    }
}

/// The header that carries the session token, in lowercase.
let tokenHeader = "x-amz-security-token"
/// The parameter that carries it.
let tokenParameter = "X-Amz-Security-Token"

/// The values of the header `name`, trimmed, with each run of white space reduced to one space, joined by commas.
private func canonicalValue(of name: String, in headers: [NamedValue]) -> String {
    headers.filter { $0.name.lowercased() == name }
        .map { Array($0.value.utf8.split(whereSeparator: isSpace).joined(separator: " ".utf8)) }
        .map { String(decoding: $0, as: UTF8.self) }
        .joined(separator: ",")
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

/// The parameters, encoded, sorted by their encoded names and then values.
private func canonicalQuery(
    _ parameters: [NamedValue], token: borrowing SecretBytes?
) -> SecretBytes {
    var encoded = parameters.map { NamedValue(percentEncoded($0.name), percentEncoded($0.value)) }
    if token != nil { encoded.append(NamedValue(tokenParameter, "")) }
    encoded.sort { ($0.name, $0.value) < ($1.name, $1.value) }
    var query = SecretBytes(capacity: 4096)
    for parameter in encoded {
        if !query.isEmpty { query.append("&") }
        query.append(parameter.name + "=")
        switch token {
        case .some(let token) where parameter.name == tokenParameter: query.appendPercentEncoded(token)
        default: query.append(parameter.value)
        }
    }
    return query
}

/// The path without `.` and empty segments, and with `..` resolved (RFC 3986 section 5.2.4).
private func normalized(_ path: String) -> String {
    var kept: [String] = []
    for segment in path.utf8.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) where segment != "." {
        if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
    }
    return "/" + kept.joined(separator: "/") + (path.ends(with: "/") && !kept.isEmpty ? "/" : "")
}
