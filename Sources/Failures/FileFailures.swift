import Glibc
import Linux
import Text

// Errors of files, locks and streams, in the user's words.

extension Failure {
    /// Standard output did not accept the whole answer.
    package static func unwritable(_ code: Int32) -> Failure {
        let reason = SystemError(call: "write", path: "", code: code).reason.lowercasedFirst
        return Failure(
            .other, "the answer could not be written to standard output: \(reason)",
            hint: "see where standard output goes: a full disk, or a reader that went away")
    }

    /// A file of the user's or of warder's, which the message calls `what`.
    package init(_ error: FileError, _ what: String) {
        switch error {
        case .system(let error): self.init(error, what)
        case .tooLarge(let path, let limit):
            self.init(
                .badConfig, "\(what) \(path) is larger than \(limit / 1024) KiB",
                hint: "see what grew in it, and make it smaller")
        case .notAFile(let path):
            self.init(.damaged, "\(what) \(path) is not a plain file", hint: "move it away, and try again")
        case .foreign(let path, let owner):
            self.init(
                .damaged, "\(what) \(path) belongs to user \(owner), not to you",
                hint: Self.takingBack(path) ?? "chown it to your user if that is what you meant: \(shellWord(path))")
        case .exposed(let path, let mode):
            self.init(
                .damaged, "\(what) \(path) can be used by others (mode \(String(mode, radix: 8)))",
                hint: "chmod go-rwx \(shellWord(path))")
        case .link(let path):
            self.init(
                .damaged, "\(what) \(path) is a symbolic link",
                hint: "put the file itself there, or set \(Self.variable(of: what)) to where it is")
        case .brokenLink(let path, let folder):
            self.init(
                .other, "\(what): \(path) is a link into \(folder), a folder that is not there",
                hint: "mkdir -p \(shellWord(folder)), then run the same command again", fault: "broken_link",
                cause: .brokenLink)
        case .unwritableBehindLink(let path, let target):
            self.init(
                .other, "\(what) \(path) is a link to \(target), which cannot be written",
                hint:
                    "change it where it is made (home-manager?), or set \(Self.variable(of: what)) to a file of your own"
            )
        }
    }

    /// A failed system call on what the message calls `what`.
    package init(_ error: SystemError, _ what: String) {
        let hint =
            switch error.code {
            case _ where error.call == SystemError.lateSynchronization:
                "it is written, but a power cut may undo that: check the disk (dmesg), and run warder list"
            case ENOSPC: "free some space (df -h), and try again: nothing was changed"
            case EDQUOT: "free some of your quota, and try again: nothing was changed"
            case EROFS:
                "the file system is read-only: remount it, or set \(Self.variable(of: what)) to another place"
            case EBUSY: "it is mounted by itself, as in a container: change it where it comes from"
            case EACCES, EPERM:
                Self.takingBack(error.path) ?? "check who owns it and its mode: ls -ld \(shellWord(error.path))"
            case ENOENT: "check that the path is right: \(error.path)"
            case EEXIST: "choose another name, or move that file away"
            default: "fix that and try again"
            }
        self.init(.other, "\(what): \(error.call) \(error.path): \(error.reason.lowercasedFirst)", hint: hint)
    }

    /// How to take back files that a `sudo warder` left to root; nil if there are none.
    package static func takingBack(_ path: String) -> String? {
        guard let part = rootsPart(of: path) else { return nil }
        return "\(part) belongs to root, as after sudo: sudo chown -R \(shellWord(userName())) \(shellWord(part))"
    }

    package init(_ error: LockError, _ what: String) {
        switch error {
        case .timedOut(let path):
            self.init(
                .other, "\(what) is in use by another warder",
                hint: "wait for it, or see who it is: fuser \(shellWord(path))")
        case .unsupported(let path):
            self.init(
                .other, "the file system of \(path) has no file locks",
                hint: "set the XDG variable to a folder on a local file system")
        case .file(let error): self.init(error, what)
        }
    }
}
