import Text

/// The URL of a service: HTTPS or, only for this host and the metadata services, plain HTTP; with a path, but with
/// neither a user nor a query.
public struct ServiceURL: Equatable, Sendable {
    /// Whether it is `https`.
    public let isSecure: Bool
    /// The host in lowercase, an IPv6 address in brackets.
    public let host: String
    /// The port, unless it is the scheme's default.
    public let port: Int?
    /// The path from its first slash, as written in the URL.
    public let path: String

    /// Parses a URL.
    ///
    /// - Throws: `.malformedURL` if it is not such a URL, `.insecureURL` for plain HTTP to another host.
    public init(_ text: String) throws(TransportError) {
        try self.init(reading: text)
        guard isSecure || isLoopback else { throw .insecureURL(host: host) }
    }

    /// Parses the URL of a metadata service, which may also be plain HTTP to one of the link-local addresses that EC2,
    /// ECS and EKS use: requests to them do not leave the machine or its hypervisor.
    ///
    /// - Throws: `.malformedURL` if it is not such a URL, `.insecureURL` for plain HTTP to another host.
    public init(metadata text: String) throws(TransportError) {
        try self.init(reading: text)
        guard isSecure || isLoopback || isMetadataAddress else { throw .insecureURL(host: host) }
    }

    private init(reading text: String) throws(TransportError) {
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }),
            let (scheme, rest) = split(text, at: "://"), !rest.utf8.contains(UInt8(ascii: "?")),
            !rest.utf8.contains(UInt8(ascii: "#"))
        else { throw .malformedURL(text) }
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        switch scheme.lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw .malformedURL(text)
        }
        guard let (host, port) = Self.hostAndPort(authority) else { throw .malformedURL(text) }
        self.host = host
        self.port = port == (isSecure ? 443 : 80) ? nil : port
        self.path = path.isEmpty ? "/" : String(path)
    }

    /// The URL as text.
    public var text: String { "\(isSecure ? "https" : "http")://\(hostHeader)\(path)" }

    /// The value of the `Host` header.
    public var hostHeader: String { port.map { "\(host):\($0)" } ?? host }

    /// Whether the host is this one: `localhost`, 127.0.0.0/8 or ::1 (RFC 6890).
    public var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { octet in
                UInt8(octet).map { String($0) == octet } ?? false
            }
    }

    /// Whether the host is the address of a metadata service: those of EC2, that of ECS, those of EKS Pod Identity
    /// (AWS SDKs and Tools Reference Guide, "IMDS credential provider" and "Container credential provider").
    public var isMetadataAddress: Bool {
        switch host {
        case "169.254.169.254", "[fd00:ec2::254]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]": true
        default: false
        }
    }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        var name = authority
        var port: Int?
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { return nil }
            name = authority[..<colon]
            port = number
        }
        guard isHostName(name) || isBracketedAddress(name) else { return nil }
        return (name.lowercased(), port)
    }
}

/// Labels of letters, digits and hyphens (RFC 1123 section 2.1; underscores occur inside networks), or an IPv4 address.
private func isHostName(_ name: Substring) -> Bool {
    guard (1...253).contains(name.utf8.count) else { return false }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}

private func isBracketedAddress(_ name: Substring) -> Bool {
    guard name.first == "[", name.last == "]", (4...47).contains(name.utf8.count) else { return false }
    return name.dropFirst().dropLast().utf8.allSatisfy {
        $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || isHexDigit($0)
    }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
}

/// The texts before and after the first `separator`.
private func split(_ text: String, at separator: String) -> (Substring, Substring)? {
    var index = text.startIndex
    while index < text.endIndex {
        if text[index...].begins(with: separator) {
            return (text[..<index], text[index...].dropFirst(separator.count))
        }
        index = text.index(after: index)
    }
    return nil
}
