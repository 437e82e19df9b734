import Glibc
import Secrets
import Text

/// Why a file that only root may write is not used.
public enum RootsFileError: Error, Equatable, Sendable {
    /// A system call failed: the file cannot be read, or cannot be seen to be missing.
    case system(SystemError)
    /// The file, a folder above it, or a link on the way belongs to another user.
    case foreign(path: String, owner: UInt32)
    /// Other users may write to the file or to a folder above it; its permission bits.
    case writable(path: String, mode: UInt32)
    /// It is not a plain file.
    case notAFile(path: String)
    /// A link on the way leads to nothing, or in a circle.
    case brokenLink(path: String, target: String)
    /// The file is larger than warder accepts, in bytes.
    case tooLarge(path: String, limit: Int)
}

/// A file that one user alone, usually root, can have written: the file, each folder above it and each link on the way
/// belong to that user, and no other user may write to them.
public struct RootsFile: Sendable {
    /// The file's path, absolute.
    public let path: String
    /// The ID of the user who must own it; 0 is root.
    let owner: UInt32
    /// The folder from which on folders are checked.
    let top: String

    /// Links on the way to a file: more are taken for a circle.
    private static let mostLinks = 16
    /// `O_PATH` of open(2), which the C library's module omits.
    private static let handle: Int32 = 0o10000000

    /// - Parameters:
    ///   - path: absolute, and below `top`.
    ///   - owner: who must own it.
    ///   - top: the folder from which on folders are checked.
    public init(_ path: String, owner: UInt32 = 0, below top: String = "/") {
        self.path = path
        self.owner = owner
        self.top = top
    }

    /// The file's text; nil if the file does not exist. Without the file's folder, that takes one failed open(2).
    public func read(limit: Int) throws(RootsFileError) -> SecretBytes? {
        guard try mayExist(), let real = try resolved() else { return nil }
        let status: stat
        let text: SecretBytes?
        do throws(SystemError) {
            let file = try Descriptor(opening: real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
            status = try file.status()
            text = try file.readToEnd(limit: limit, expecting: Int(status.st_size))
        } catch { throw .system(error) }
        try check(status, real)
        guard let text else { throw .tooLarge(path: real, limit: limit) }
        return text
    }

    /// Whether there is anything in the place of its folder, be it a link that leads nowhere.
    private func mayExist() throws(RootsFileError) -> Bool {
        do throws(SystemError) {
            _ = try Descriptor(opening: folder(ofPath: path) ?? "/", Self.handle | O_NOFOLLOW)
            return true
        } catch {
            if error.code == ENOENT { return false }
            throw .system(error)
        }
    }

    /// The path without links, each step of it checked; nil if the file does not exist. Checked from the top down, so
    /// that no other user can change what was checked before.
    private func resolved() throws(RootsFileError) -> String? {
        var steps = path.dropFirst(top.utf8.count).split(separator: "/").map(String.init)[...]
        var place = top
        var link: (path: String, target: String)?
        var links = 0
        try check(status(of: place), place)
        while let step = steps.popFirst() {
            if step == "." { continue }
            if step == ".." {
                place = folder(ofPath: place).flatMap { $0.isEmpty ? nil : $0 } ?? "/"
                continue
            }
            let here = (place == "/" ? "" : place) + "/" + step
            let status: stat
            do throws(RootsFileError) { status = try self.status(of: here) } catch {
                guard case .system(let reason) = error, reason.code == ENOENT else { throw error }
                guard let link else { return nil }
                throw .brokenLink(path: link.path, target: link.target)
            }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                guard status.st_uid == owner else { throw .foreign(path: here, owner: status.st_uid) }
                let target = try self.target(of: here)
                links += 1
                guard links <= Self.mostLinks else { throw .brokenLink(path: here, target: target) }
                link = (here, target)
                steps = (target.split(separator: "/").map(String.init) + steps)[...]
                if target.begins(with: "/") {
                    place = "/"
                    try check(self.status(of: place), place)
                }
            case S_IFDIR where !steps.isEmpty:
                try check(status, here)
                place = here
            case S_IFREG where steps.isEmpty: return here
            default: throw .notAFile(path: here)
            }
        }
        throw .notAFile(path: place)
    }

    private func check(_ status: stat, _ path: String) throws(RootsFileError) {
        guard status.st_uid == owner else { throw .foreign(path: path, owner: status.st_uid) }
        guard status.st_mode & 0o022 == 0 else { throw .writable(path: path, mode: status.st_mode & 0o7777) }
    }

    private func status(of path: String) throws(RootsFileError) -> stat {
        var info = stat()
        do throws(SystemError) { _ = try system("lstat", path) { lstat(path, &info) } } catch { throw .system(error) }
        return info
    }

    private func target(of link: String) throws(RootsFileError) -> String {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        do throws(SystemError) {
            let length = try system("readlink", link) { readlink(link, &target, target.count) }
            return String(decoding: target.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        } catch { throw .system(error) }
    }
}
