// What only a newer version of warder can read.

extension Failure {
    /// A file that a newer version wrote; it stays as it is.
    ///
    /// - Parameter what: the file, as the object of the message.
    package static func newer(_ what: String) -> Failure {
        Failure(
            .damaged, "a newer warder wrote \(what)",
            hint: "upgrade warder; this version leaves the file unchanged")
    }

    /// Something that would lose what a newer version put there.
    ///
    /// - Parameters:
    ///   - what: what holds it.
    ///   - moved: `moved` or the like: what has not been done to it.
    package static func losingNewer(_ what: String, not moved: String) -> Failure {
        Failure(
            .other, "\(what) contains data of a newer warder, which would be lost: nothing was \(moved)",
            hint: "upgrade warder first")
    }
}
