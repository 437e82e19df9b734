import Glibc

/// A broken symbolic link where one of the user's files, or its folder, should be.
public struct BrokenLink: Equatable, Sendable {
    /// The link.
    public let path: String
    /// The missing target, after following any links in between.
    public let target: String
    /// The folder of `target`, if that is missing too.
    public let missingFolder: String?

    /// Nil if `path` exists, or if it is missing for a reason other than a link.
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
        // The links form a cycle.
        guard link(at: target) == nil else { return nil }
        // If the link is where a folder should be, its target must be a folder too.
        let needed = broken == path ? Linux.folder(of: target) : target
        self.path = broken
        self.target = target
        missingFolder = isAbsent(needed) ? needed : nil
    }
}

/// Whether `path` leads to nothing after links are followed. The corresponding C function is `stat`.
private func isAbsent(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
}
