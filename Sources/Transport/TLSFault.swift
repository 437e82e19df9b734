/// What is wrong where a host cannot be trusted, as far as libcurl's words tell it.
public enum TLSFault: Equatable, Sendable {
    /// The certificate has ended, or this machine's clock is wrong.
    case expired
    /// The certificate is not good yet, or this machine's clock is wrong.
    case notYetValid
    /// The certificate is another host's.
    case wrongName
    /// Nobody who is trusted has signed it.
    case unknownIssuer
    /// What answers speaks no TLS, or none that is taken.
    case noAgreement
    /// Anything else.
    case other

    /// Reads the words of libcurl with OpenSSL or GnuTLS.
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
    /// What is wrong with a host that cannot be trusted; nil for any other error.
    public var tlsFault: TLSFault? {
        if case .tls(_, let reason, _) = self { TLSFault(reason: reason) } else { nil }
    }
}

private func occurs(_ part: [UInt8], in text: [UInt8]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
}
