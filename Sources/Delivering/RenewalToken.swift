import Crypto
import Failures
import Secrets
import Sessions

/// Proves to a renewal that a `warder exec --serve` with permission to give out these credentials started its server:
/// the user is not asked again.
///
/// It travels only through pipes: from `exec` to the server, and from there to each renewal. Making one requires the
/// session-cache key: a name, arguments or a position among processes prove nothing.
package final class RenewalToken {
    /// In bytes.
    private static let size = 64

    private let text: SecretBytes

    /// Proves nothing: for credentials that require no confirmation.
    package static var blank: RenewalToken { RenewalToken(text: secret(String(repeating: "0", count: size))) }

    private init(text: consuming SecretBytes) { self.text = text }

    /// For the credentials of `request`, whose use the user allowed.
    package init(for request: RenewalRequest, _ sessions: borrowing SessionCache) throws(Failure) {
        text = secret(try Self.seal(of: request, sessions))
    }

    /// Reads a line without its line end; nil if it cannot be a token.
    package init?(_ line: borrowing SecretBytes) {
        guard line.count == Self.size else { return nil }
        text = line.copy()
    }

    /// The line, with its line end.
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
