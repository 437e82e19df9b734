import Linux

/// Where a system keeps the certificates that it trusts.
public struct SystemCertificates: Equatable, Sendable {
    /// A PEM file of all of them.
    public let file: String?
    /// A folder of a file for each.
    public let folder: String?

    /// The places, nil for none.
    public init(file: String? = nil, folder: String? = nil) {
        self.file = file
        self.folder = folder
    }
}

/// The library that does TLS for libcurl.
package enum TLSBackend: Equatable, Sendable {
    case openSSL, gnuTLS, other

    /// Parses `ssl_version` of `curl_version_info`, such as `OpenSSL/3.5.1`; a libcurl that can switch lists several.
    package init(version: String) {
        switch version.split(separator: "/").first {
        case "OpenSSL" where !version.contains(" "): self = .openSSL
        case "GnuTLS" where !version.contains(" "): self = .gnuTLS
        default: self = .other
        }
    }
}

/// The certificates that a host's chain must lead to.
///
/// libcurl trusts those in the system's file and those in the system's folder. Parsing a hundred certificates takes
/// longer than a request, so only the place that is read faster is tried first, and both if the chain does not lead
/// there: what is trusted is the same.
package struct Trust: Equatable {
    /// What libcurl reads.
    package enum Place: Equatable {
        /// A PEM file, and nothing else.
        case file(String)
        /// A folder, and nothing else.
        case folder(String)
        /// The system's file and folder; libcurl's own default for either that is nil.
        case system(SystemCertificates)
    }

    /// Where the next handshake looks.
    package private(set) var place: Place
    /// Where to look if the chain does not lead to `place`.
    private var wider: Place?

    /// Trusts the system's certificates.
    package init(_ certificates: SystemCertificates, _ backend: TLSBackend) {
        place = .system(certificates)
        guard let folder = certificates.folder else { return }
        switch backend {
        case .openSSL:
            // It looks for the one certificate by the hash of its name. A folder without hashes would cost a handshake.
            guard certificates.file != nil, (try? hasHashedNames(folder)) == true else { return }
            (place, wider) = (.folder(folder), place)
        case .gnuTLS:
            // It parses every file in the folder, in twice the time of the one file; Debian's folder holds that too.
            let bundle = folder + "/ca-certificates.crt"
            guard let file = certificates.file ?? (isPlainFile(bundle) ? bundle : nil) else { return }
            (place, wider) = (.file(file), place)
        case .other: break
        }
    }

    /// Trusts the certificates of a file or folder instead of the system's.
    ///
    /// - Throws: `.unhashedCABundle`. libcurl tells whether the path can be read.
    package init(caBundle path: String, _ backend: TLSBackend) throws(TransportError) {
        guard let isHashed = try? hasHashedNames(path) else {
            place = .file(path)
            return
        }
        if backend == .openSSL, !isHashed { throw .unhashedCABundle(path: path) }
        place = .folder(path)
    }

    /// Looks in all places from now on; false if that is no change.
    package mutating func widen() -> Bool {
        guard let wider else { return false }
        (place, self.wider) = (wider, nil)
        return true
    }
}

/// Whether a folder holds names such as `5ad8a5d6.0`, as `openssl rehash` makes them; throws if it is none.
private func hasHashedNames(_ folder: String) throws(SystemError) -> Bool {
    try anyName(inFolder: folder) { name in
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 8 && !parts[1].isEmpty
            && parts[0].allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
            && parts[1].allSatisfy { (48...57).contains($0) }
    }
}
