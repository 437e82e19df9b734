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
                    "broken_link", .broken, at: link.path, "it is a link to \(link.target), which is not there",
                    why: "programs read it as empty, and warder writes nothing there", .run("rm \(shellWord(link.path))")))
        }
        for path in subject.files { readOnly(path, &diagnosis) }
        for path in [paths.vault, paths.store] where isLink(path) {
            let file = shellWord(path)
            diagnosis.add(
                Finding(
                    "refused_link", .broken, at: path, "it is a link",
                    why: "warder opens no link in the place of the store: it could lead to another user's file",
                    .run("cp -p --remove-destination \"$(readlink -f \(file))\" \(file)")))
        }
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
        let file = shellWord(path)
        diagnosis.add(
            Finding(
                "read_only_link", .risky, at: path, "it leads to \(target), which you may not change",
                why: "warder add, adopt and import cannot write there",
                .run("cp --remove-destination \(shellWord(target)) \(file) && chmod u+w \(file)")))
    }

    private static func isLink(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }
}
