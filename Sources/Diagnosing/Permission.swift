import Glibc
import Linux
import Text

/// The command for root: as it is, or with `sudo`.
func asRoot(_ command: String) -> String { isRoot ? command : "sudo \(command)" }

/// The command for the user who may change the folder: as it is, or with `sudo`.
func asOwner(ofFolder folder: String, _ command: String) -> String {
    mayWrite(folder) ? command : "sudo \(command)"
}

/// Whether this user may write to the file, or change what is in the folder. The corresponding C function is `access`.
func mayWrite(_ path: String) -> Bool { access(path, W_OK) == 0 }

/// The nearest folder above a path that exists; nil if the path is relative.
func existingFolder(of path: String) -> String? {
    guard path.begins(with: "/") else { return nil }
    var candidate = path
    var info = stat()
    while stat(candidate, &info) != 0 || info.st_mode & S_IFMT != S_IFDIR {
        guard let parent = folder(ofPath: candidate), parent.utf8.count < candidate.utf8.count else { return "/" }
        candidate = parent.isEmpty ? "/" : parent
    }
    return candidate
}
