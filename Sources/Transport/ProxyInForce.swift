/// The proxy that libcurl uses for an HTTPS request, from the environment (curl(1), "ENVIRONMENT").
public struct ProxyInForce: Equatable, Sendable {
    /// The variable, such as `HTTPS_PROXY`.
    public let variable: String
    /// Its value, without user and password.
    public let address: String

    /// - Parameters:
    ///   - host: the host to reach; nil if unknown, and then `NO_PROXY` is ignored.
    ///   - lookUp: the environment.
    /// - Returns: nil if the host is reached directly.
    public init?(for host: String?, environment lookUp: (String) -> String?) {
        func value(_ name: String) -> String? {
            guard let value = lookUp(name), !value.isEmpty else { return nil }
            return value
        }
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        guard let variable = names.first(where: { value($0) != nil }), let text = value(variable) else { return nil }
        if let host, Self.isLeftOut(host, by: value("no_proxy") ?? value("NO_PROXY") ?? "") { return nil }
        self.variable = variable
        address = Self.withoutUser(text)
    }

    private static func withoutUser(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let separator = Array("://".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: separator) }.map { $0 + separator.count } ?? 0
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at >= start else { return text }
        return String(decoding: bytes[..<start] + bytes[(at + 1)...], as: UTF8.self)
    }

    /// Whether `NO_PROXY` excludes the host: it lists hosts, and domains with all their hosts.
    private static func isLeftOut(_ host: String, by list: String) -> Bool {
        let host = Array(host.lowercased().utf8)
        return list.lowercased().utf8.split { $0 == UInt8(ascii: ",") || $0 == 32 || $0 == 9 }.contains { entry in
            if entry.elementsEqual("*".utf8) { return true }
            let name = Array(entry.first == UInt8(ascii: ".") ? entry.dropFirst() : entry)
            guard !name.isEmpty, name.count <= host.count, host.suffix(name.count).elementsEqual(name) else {
                return false
            }
            return name.count == host.count || host[host.count - name.count - 1] == UInt8(ascii: ".")
        }
    }
}
