/// The version of warder.
package enum Version {
    /// The version that `warder --version` prints and the user agent of requests contains.
    package static let current = "0.1.0"
}
