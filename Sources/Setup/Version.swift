import CBuild
import Crypto

/// The version of warder.
package enum Version {
    /// The number of this version, which the user agent of requests contains.
    package static let current = "0.2.0"

    /// The number, and what this binary is made of: `0.2.0 (commit 1a2b3c4d5e6f, Swift 6.3.1, OpenSSL 3.0.17)`.
    ///
    /// OpenSSL is the library that is loaded, and not the one that the binary was built with.
    package static var inFull: String {
        let commit = warder_build_commit().map { "commit " + String(cString: $0) } ?? "no commit"
        let swift = warder_build_swift().map { "Swift " + String(cString: $0) }
        return current + " (" + [commit, swift, libcryptoVersion()].compactMap { $0 }.joined(separator: ", ") + ")"
    }
}
