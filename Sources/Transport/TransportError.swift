/// Why there is no response. Reasons are libcurl's own words, without control characters.
public enum TransportError: Error, Equatable, Sendable {
    /// No libcurl of any flavour; Debian's package is libcurl4.
    case libraryMissing
    /// There is a libcurl, but it lacks what every version since 7.16 has, or does not start.
    case libraryUnusable
    /// There is a libcurl, and the dynamic linker could not load it, as where memory or descriptors are short; its words.
    case libraryUnloadable(reason: String)
    /// This process has no more memory or descriptors; `sent` says whether the request may have reached the server.
    case shortage(reason: String, sent: Bool)
    /// The text is no URL of a host: no scheme, a user, a fragment, white space, a bad port.
    case malformedURL(String)
    /// Plain HTTP to a host other than this one.
    case insecureURL(host: String)
    /// A header with a line break or another control character in it.
    case malformedHeader(name: String)
    /// The name does not resolve, or nobody answers there. The request was not sent.
    case unreachable(host: String, reason: String)
    /// The proxy answered `CONNECT` with this status. The request was not sent.
    case proxyRefused(status: Int)
    /// The time was up; `sent` says whether the request may have reached the server.
    case timedOut(host: String, sent: Bool)
    /// No trust: a bad certificate, or no agreement on TLS 1.2 or later. The request was not sent. `caBundle` is the file
    /// of trusted certificates, where it is not the system's.
    case tls(host: String, reason: String, caBundle: String? = nil)
    /// The file of trusted certificates cannot be read. The request was not sent.
    case unreadableCABundle(path: String)
    /// The connection broke; `sent` says whether the request may have reached the server.
    case interrupted(host: String, reason: String, sent: Bool)
    /// The server points elsewhere with this status, which is never followed.
    case redirected(host: String, status: Int)
    /// A body over 256 KiB, or headers over 64 KiB.
    case tooLarge(host: String)

    /// Whether it is certain that the server never saw the request, so that a code that may be used once was not used.
    public var isCertainlyUnsent: Bool {
        switch self {
        case .timedOut(_, let sent), .interrupted(_, _, let sent), .shortage(_, let sent): !sent
        case .redirected, .tooLarge: false
        default: true
        }
    }

    /// Whether it is this process's own: another one may be luckier.
    public var isOwn: Bool {
        switch self {
        case .libraryMissing, .libraryUnusable, .libraryUnloadable, .shortage: true
        default: false
        }
    }
}
