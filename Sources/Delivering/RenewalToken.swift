import Crypto
import Failures
import Secrets
import Sessions

/// What a renewal shows that its server was started by a `warder exec --serve` that was allowed to give these
/// credentials out: nobody is asked for a yes again.
///
/// It goes through pipes alone, from `exec` to the server and from there to each renewal. Only who has the session-cache
/// key can make one: a name, arguments or a place among processes prove nothing.
package final class RenewalToken {
    /// In bytes.
    private static let size = 64

    private let text: SecretBytes

    /// Shows nothing: for credentials that nobody needs to allow.
    package static var blank: RenewalToken { RenewalToken(text: secret(String(repeating: "0", count: size))) }

    private init(text: consuming SecretBytes) { self.text = text }

    /// For the credentials of `request`, whose use was allowed.
    package init(for request: RenewalRequest, _ sessions: borrowing SessionCache) throws(Failure) {
        text = secret(try Self.seal(of: request, sessions))
    }

    /// Reads a line without its end; nil where it cannot be one.
    package init?(_ line: borrowing SecretBytes) {
        guard line.count == Self.size else { return nil }
        text = line.copy()
    }

    /// The line, with its end.
    var line: SecretBytes {
        var line = text.copy()
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// Whether it was made for these credentials.
    package func isGood(for request: RenewalRequest, _ sessions: borrowing SessionCache) throws(Failure) -> Bool {
        let wanted = secret(try Self.seal(of: request, sessions))
        return wanted.withUnsafeBytes { wanted in text.withUnsafeBytes { equalInConstantTime(wanted, $0) } }
    }

    private static func seal(
        of request: RenewalRequest, _ sessions: borrowing SessionCache
    ) throws(Failure) -> String {
        let identity = (["renewal pass v1"] + request.identity).map { "\($0.utf8.count) \($0)" }
        do throws(SessionCacheError) { return try sessions.name(of: Array(identity.joined(separator: " ").utf8)) } catch
        {
            throw Failure(error)
        }
    }
}

private func secret(_ text: String) -> SecretBytes {
    var secret = SecretBytes(capacity: text.utf8.count)
    secret.append(text)
    return secret
}
