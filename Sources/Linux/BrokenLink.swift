import Glibc

/// A link that leads to nothing, in the place of a file of the user's or of its folder.
public struct BrokenLink: Equatable, Sendable {
    /// The link.
    public let path: String
    /// Where it leads, and nothing is; links behind it are followed.
    public let target: String
    /// The folder of `target`, if that is not there either.
    public let missingFolder: String?

    /// Nil where `path` is there, and where it is not there without a link's being why.
    public init?(of path: String) {
        let path = absolute(path)
        guard isAbsent(path) else { return nil }
        let folder = Linux.folder(of: path)
        guard let broken = [path, folder].first(where: { link(at: $0) != nil && isAbsent($0) }) else { return nil }
        var target = broken
        for _ in 0..<40 {
            guard let next = link(at: target) else { break }
            target = next
        }
        // A circle of links.
        guard link(at: target) == nil else { return nil }
        // What is behind a link in the place of a folder is a folder itself.
        let needed = broken == path ? Linux.folder(of: target) : target
        self.path = broken
        self.target = target
        missingFolder = isAbsent(needed) ? needed : nil
    }
}

/// Whether nothing is there once links are followed. The corresponding C function is `stat`.
private func isAbsent(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
}
