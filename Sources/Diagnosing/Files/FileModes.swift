import Linux
import Setup
import Text

/// Who owns the files that warder and SDKs read, and who else may read or change them.
enum FileModes: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        if let finding = foreignHome(subject) { return diagnosis.add(finding) }
        var found: [Finding] = []
        userFiles(subject, &found)
        let paths = subject.context.paths
        let data = folder(ofPath: paths.vault) ?? paths.vault
        found += ownFolder(data) { ["/vault", "/vault.bak", "/store"].flatMap { ownFile(data + $0, .broken) } }
        for folder in [paths.state, paths.sessions] {
            found += ownFolder(folder) {
                ((try? names(inFolder: folder)) ?? []).flatMap { name in
                    let path = folder + "/" + name
                    return FileAccess(at: path)?.isFolder == true ? ownFolder(path) { [] } : ownFile(path, .risky)
                }
            }
        }
        for finding in found { diagnosis.add(finding) }
    }

    // MARK: - The user's files

    /// Root in the home of another user, as a `sudo` that keeps `HOME` leaves it: whose the files are is right there.
    private static func foreignHome(_ subject: Subject) -> Finding? {
        guard isRoot, let home = subject.home, let access = FileAccess(at: home), access.owner != 0, !isMountPoint(home)
        else { return nil }
        return Finding(
            "foreign_home", .risky, at: home, "HOME is the home of user \(access.owner), and warder runs as root",
            why: "warder refuses that user's files, and that user cannot use what root writes there",
            .run("export HOME=~root"))
    }

    /// Whether a file is in the user's own home: elsewhere it may be another user's on purpose.
    private static func isAtHome(_ path: String, _ subject: Subject) -> Bool {
        subject.home.map { path.begins(with: $0 + "/") } ?? false
    }

    private static func userFiles(_ subject: Subject, _ found: inout [Finding]) {
        let keys = (try? subject.profiles.get())?.writtenKeys.map(\.origin.path) ?? []
        let settings = subject.context.paths.settings
        for path in subject.files + [settings] {
            guard let access = FileAccess(at: path) else { continue }
            if isAtHome(path, subject) { found += ownership(path, access) }
            guard access.isPlainFile else { continue }
            if access.othersMayRead, keys.contains(where: { $0.isSame(as: path) }), othersReach(path) {
                found.append(
                    Finding(
                        "readable_keys", .exposed, at: path,
                        "other users can read this file, which has keys in plain text",
                        why: "anyone who reads a key can use it from anywhere",
                        mode(path, access, access.mode & 0o700)))
            } else {
                found += writing(path, access)
            }
        }
        var folders: [String] = []
        let paths = subject.files + [settings, subject.context.paths.sessions]
        for folder in paths.compactMap({ folder(ofPath: $0) }) where !folders.contains(folder) {
            folders.append(folder)
            guard let access = FileAccess(at: folder), access.isFolder else { continue }
            found += (isAtHome(folder, subject) ? ownership(folder, access) : []) + writing(folder, access)
        }
    }

    /// A file or a folder in which others could put a program for SDKs to run.
    private static func writing(_ path: String, _ access: FileAccess) -> [Finding] {
        guard access.othersMayWrite, othersReach(path) else { return [] }
        return [
            Finding(
                "writable_by_others", .risky, at: path,
                "other users can change \(access.isFolder ? "the files in this folder" : "this file")",
                why: "they could make SDKs run their program as you", mode(path, access, access.mode & ~0o022))
        ]
    }

    /// A file of another user, who could change it, or of root's where this user has a folder, as after `sudo`.
    private static func ownership(_ path: String, _ access: FileAccess) -> [Finding] {
        // What is mounted into a container belongs to whoever it belongs to outside.
        guard !access.isOwn, !isMountPoint(path), !isMountPoint(folder(ofPath: path) ?? path) else { return [] }
        guard access.owner == 0 else {
            return [foreign(path, .risky, "its owner could make SDKs run a program as you")]
        }
        // What a link leads to may be root's on purpose.
        guard let part = rootsPart(of: resolved(path) ?? path), !isMountPoint(part) else { return [] }
        return [
            Finding(
                "roots_file", .risky, at: part, "it belongs to root, probably after a sudo",
                why: "warder runs as you, and may be unable to change or even read it",
                .run("sudo chown -hR --from=root \"$(id -un)\" \(shellWord(part))"))
        ]
    }

    // MARK: - Warder's own

    /// A file that warder opens only if it is this user's, and closed to others.
    private static func ownFile(_ path: String, _ gravity: Finding.Gravity) -> [Finding] {
        guard let access = FileAccess(at: path), access.isPlainFile else { return [] }
        guard access.isOwn else { return [foreign(path, gravity, "warder refuses to open another user's file here")] }
        guard access.mode & 0o077 != 0 else { return [] }
        return [
            Finding(
                "open_to_others", gravity, at: path, "its mode, \(octal(access.mode)), gives other users access",
                why: "warder refuses to open it", mode(path, access, access.mode & 0o700))
        ]
    }

    /// A folder that warder writes to only if no other user can, and what is in it.
    private static func ownFolder(_ path: String, _ content: () -> [Finding]) -> [Finding] {
        guard let access = FileAccess(at: path), access.isFolder else { return [] }
        guard access.isOwn else {
            return [foreign(path, .broken, "warder refuses to write to another user's folder")]
        }
        guard access.mode & 0o022 != 0 else { return content() }
        let found = Finding(
            "open_to_others", .broken, at: path, "its mode, \(octal(access.mode)), lets other users write to it",
            why: "warder refuses to write to it", mode(path, access, access.mode & ~0o022))
        return [found] + content()
    }

    // MARK: - Both

    private static func foreign(_ path: String, _ gravity: Finding.Gravity, _ why: String) -> Finding {
        let access = FileAccess(at: path)
        let command = "chown \"$(id -un)\" \(shellWord(path))"
        let owner = access.map { $0.owner == 0 ? "root" : "user \($0.owner)" } ?? "another user"
        return Finding(
            "foreign_owner", gravity, at: path, "it belongs to \(owner), not to you", why: why,
            .run(asRoot(command)))
    }

    /// Sets a mode, by which the owner can read; only the owner and root may.
    private static func mode(_ path: String, _ access: FileAccess, _ mode: UInt32) -> Remedy {
        let mode = mode & 0o400 != 0 ? mode : mode | (access.isFolder ? 0o700 : 0o600)
        if access.isOwn { return .fix(.mode(path: path, to: mode)) }
        return .run(asRoot(Fix.mode(path: path, to: mode).command))
    }

    private static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
