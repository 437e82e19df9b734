import Glibc
import Linux
import Text

/// Links in the place of files that lead nowhere, to what cannot be changed, or where warder accepts none.
enum FileLinks: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        let paths = subject.context.paths
        for path in subject.files + [paths.settings] {
            guard let link = BrokenLink(of: path) else { continue }
            diagnosis.add(
                Finding(
                    "broken_link", .broken, at: link.path, "it is a link to \(link.target), which does not exist",
                    why: "programs see an empty file, and warder will not write to it",
                    .run(remedy(link))))
        }
        for path in subject.files { readOnly(path, &diagnosis) }
        for path in [paths.vault, paths.store] where isLink(path) {
            let file = shellWord(path)
            diagnosis.add(
                Finding(
                    "refused_link", .broken, at: path, "the file is a symbolic link",
                    why: "warder refuses a link here: it could lead to another user's file",
                    .run("cp -p --remove-destination \"$(readlink -f \(file))\" \(file)")))
        }
    }

    /// Where the link leads to another folder, that may be on a disk that is not mounted now.
    private static func remedy(_ link: BrokenLink) -> String {
        let isBeside = Text.folder(ofPath: link.target).map { $0.isSame(as: Text.folder(ofPath: link.path) ?? "") }
        return "\(isBeside == true ? "rm" : "ls -l") \(shellWord(link.path))"
    }

    /// A file behind a link that may be read and not replaced.
    private static func readOnly(_ path: String, _ diagnosis: inout Diagnosis) {
        guard let target = resolved(path), isLink(path) || folder(ofPath: path).map(isLink) == true,
            let folder = folder(ofPath: target), access(folder, W_OK) != 0 || access(target, W_OK) != 0
        else { return }
        // home-manager makes such links, and changes them itself.
        guard !target.begins(with: "/nix/store/") else {
            diagnosis.add(Remark("read_only_link", at: path, "it leads to \(target): change it where it is made"))
            return
        }
        let (link, end) = isLink(path) ? (path, target) : (Text.folder(ofPath: path) ?? path, folder)
        diagnosis.add(
            Finding(
                "read_only_link", .risky, at: link, "it leads to \(end), which you may not change",
                why: "warder add, adopt and import cannot write there", .run(copying(end, to: link))))
    }

    /// Puts a copy of this user's own in the place of a link. Run again, it changes nothing.
    private static func copying(_ target: String, to link: String) -> String {
        let to = shellWord(link)
        return "[ -L \(to) ] && new=$(mktemp -d \(shellWord(link + ".XXXXXX"))) "
            + "&& cp -rLT \(shellWord(target)) \"$new/copy\" && chmod -R u+rwX,go-w \"$new/copy\" "
            + "&& rm \(to) && mv -T \"$new/copy\" \(to) && rmdir \"$new\""
    }

    private static func isLink(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }
}
