// What only a newer version of warder can read.

extension Failure {
    /// A file that a newer version wrote; it stays as it is.
    ///
    /// - Parameter what: the file, as the subject of the message.
    package static func newer(_ what: String) -> Failure {
        Failure(
            .damaged, "\(what) was written by a newer warder",
            hint: "install that version, or a later one; this one leaves it as it is")
    }

    /// Something that would lose what a newer version put there.
    ///
    /// - Parameters:
    ///   - what: what holds it.
    ///   - moved: `moved` or the like: what has not been done to it.
    package static func losingNewer(_ what: String, not moved: String) -> Failure {
        Failure(
            .other, "\(what) holds what a newer warder put there, and it would be lost: nothing was \(moved)",
            hint: "do it with that version, or a later one")
    }
}
