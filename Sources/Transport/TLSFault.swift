/// Why a host is not trusted, as far as libcurl's message tells.
public enum TLSFault: Equatable, Sendable {
    /// The certificate has expired, or this machine's clock is wrong.
    case expired
    /// The certificate is not valid yet, or this machine's clock is wrong.
    case notYetValid
    /// The certificate belongs to another host.
    case wrongName
    /// No trusted authority has signed it.
    case unknownIssuer
    /// The server does not speak TLS, or no version that warder accepts.
    case noAgreement
    /// Any other reason.
    case other

    /// Parses the message of libcurl with OpenSSL or GnuTLS.
    init(reason: String) {
        let signs: [(TLSFault, [String])] = [
            (.expired, ["has expired"]), (.notYetValid, ["not yet valid", "not yet activated"]),
            (.wrongName, ["alternative certificate subject name", "does not match", "subject name"]),
            (
                .unknownIssuer,
                [
                    "self-signed", "self signed", "local issuer", "unknown issuer", "issuer is unknown",
                    "unable to get issuer", "unable to verify the first",
                ]
            ),
            (
                .noAgreement,
                [
                    "wrong version number", "handshake", "unsupported protocol", "packet length", "unexpected eof",
                    "alert",
                ]
            ),
        ]
        let reason = Array(reason.lowercased().utf8)
        self = signs.first { $0.1.contains { occurs(Array($0.utf8), in: reason) } }?.0 ?? .other
    }
}

extension TransportError {
    /// Why the host is not trusted; nil for any other error.
    public var tlsFault: TLSFault? {
        if case .tls(_, let reason, _) = self { TLSFault(reason: reason) } else { nil }
    }
}

private func occurs(_ part: [UInt8], in text: [UInt8]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
}
