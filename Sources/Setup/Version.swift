/// Which warder this is.
package enum Version {
    /// As `warder --version` has it, and the user agent of requests.
    package static let current = "0.1.0"
}
