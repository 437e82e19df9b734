/// Why no response arrived. Reasons are libcurl's own messages, without control characters.
public enum TransportError: Error, Equatable, Sendable {
    /// No variant of libcurl is installed; Debian's package is libcurl4.
    case libraryMissing
    /// libcurl exists, but lacks a function that every version since 7.16 has, or does not start.
    case libraryUnusable
    /// libcurl exists, but the dynamic linker could not load it, for example when memory or descriptors are short; the
    /// linker's message.
    case libraryUnloadable(reason: String)
    /// This process is out of memory or descriptors; `sent` says whether the request may have reached the server.
    case shortage(reason: String, sent: Bool)
    /// The text is not the URL of a host: no scheme, a user, a fragment, white space, a bad port.
    case malformedURL(String)
    /// Plain HTTP to a host other than this one.
    case insecureURL(host: String)
    /// A header contains a line break or another control character.
    case malformedHeader(name: String)
    /// The name does not resolve, or no server answers there. The request was not sent.
    case unreachable(host: String, reason: String)
    /// The proxy answered `CONNECT` with this status. The request was not sent.
    case proxyRefused(status: Int)
    /// The timeout has passed; `sent` says whether the request may have reached the server.
    case timedOut(host: String, sent: Bool)
    /// The host is not trusted: a bad certificate, or no agreement on TLS 1.2 or later. The request was not sent.
    /// `caBundle` is where the trusted certificates are, unless they are the system's.
    case tls(host: String, reason: String, caBundle: String? = nil)
    /// The file or folder of trusted certificates cannot be read. The request was not sent.
    case unreadableCABundle(path: String)
    /// The folder of trusted certificates has no hashed names, by which OpenSSL looks for them. The request was not
    /// sent.
    case unhashedCABundle(path: String)
    /// The connection broke; `sent` says whether the request may have reached the server.
    case interrupted(host: String, reason: String, sent: Bool)
    /// The server redirects with this status, which warder never follows.
    case redirected(host: String, status: Int)
    /// A body over 256 KiB, or headers over 64 KiB.
    case tooLarge(host: String)

    /// Whether the server certainly never saw the request, so that a one-time code in it is still unused.
    public var isCertainlyUnsent: Bool {
        switch self {
        case .timedOut(_, let sent), .interrupted(_, _, let sent), .shortage(_, let sent): !sent
        case .redirected, .tooLarge: false
        default: true
        }
    }

    /// Whether the cause is this process alone: another process may succeed.
    public var isOwn: Bool {
        switch self {
        case .libraryMissing, .libraryUnusable, .libraryUnloadable, .shortage: true
        default: false
        }
    }
}
