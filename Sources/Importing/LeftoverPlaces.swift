import Linux
import Setup
import Text

// Where a secret that stood in one of the AWS files is likely to stand as well.

/// A file in which a secret may lie in plain text, whether it is there or not.
package struct LeftoverPlace: Equatable, Sendable {
    /// What the file is for.
    package enum Kind: Equatable, Sendable {
        /// One of the two AWS files.
        case awsFile
        /// A copy of another one that editors and people make, or another file in `~/.aws`.
        case copy
        /// A cache of the AWS CLI or of an SDK.
        case cache
        /// What a shell or the login reads when it starts.
        case startUp
        /// What was typed earlier.
        case history
        /// A program's own settings.
        case program
        /// Variables that other programs read: `.env`, `*.tfvars`.
        case variables
    }

    package let path: String
    package let kind: Kind
}

/// The files in which to look for a secret.
///
/// - Parameters:
///   - files: the two AWS files.
///   - most: how many names of a folder to read at most.
///   - passedOver: gets each folder where a name that is not UTF-8 could be that of such a file, once or more often.
package func leftoverPlaces(
    beside files: [String], _ environment: Environment, most: Int = .max,
    passedOver: @escaping (String) -> Void = { _ in }
) -> [LeftoverPlace] {
    let folders = LimitedFolders(most: most, passedOver: passedOver)
    let whole = files.flatMap { [$0, resolved($0) ?? $0] }
    let beside = whole.flatMap(folders.fileAndCopies).map { path in
        LeftoverPlace(path: path, kind: whole.holds(path) ? .awsFile : .copy)
    }
    guard let home = environment.nonEmpty("HOME"), let config = environment.configFolder,
        let data = environment.dataFolder
    else { return beside + folders.present }
    let zsh = environment.nonEmpty("ZDOTDIR") ?? home
    let caches = ["cli/cache", "cli/history", "boto/cache", "sso/cache", "login/cache"]
        .flatMap { folders.plainFiles(home + "/.aws/" + $0) }
    let ofHome = [".bashrc", ".bash_profile", ".bash_login", ".bash_aliases", ".profile", ".kshrc", ".pam_environment"]
    let ofZsh = [".zshenv", ".zprofile", ".zshrc", ".zlogin"]
    let shells = ofHome.map { home + "/" + $0 } + ofZsh.map { zsh + "/" + $0 }
    let more = ["/fish", "/fish/conf.d", "/nushell", "/environment.d"].flatMap { folders.plainFiles(config + $0) }
    let variables = [".env", ".envrc"]
    let copies =
        zsh.isSame(as: home)
        ? folders.copies(of: ofHome + variables + ofZsh, in: home)
        : folders.copies(of: ofHome + variables, in: home) + folders.copies(of: ofZsh, in: zsh)
    let histories =
        [".bash_history", ".zsh_history", ".zhistory", ".sh_history", ".python_history", ".viminfo"]
        .map { home + "/" + $0 } + [data + "/fish/fish_history"] + [environment.nonEmpty("HISTFILE")].compactMap { $0 }
    let programs = [".s3cfg", ".boto", ".passwd-s3fs", ".netrc"].map { home + "/" + $0 }
    return beside + places(caches, .cache) + places(shells, .startUp) + places([zsh + "/.zsh_history"], .history)
        + places(more, .startUp) + places(histories, .history) + places(programs, .program)
        + places(variables.map { home + "/" + $0 }, .variables)
        + places([config + "/rclone/rclone.conf"], .program) + folders.present + places(copies, .copy)
}

private func places(_ paths: [String], _ kind: LeftoverPlace.Kind) -> [LeftoverPlace] {
    paths.map { LeftoverPlace(path: $0, kind: kind) }
}

/// Lists folders, each to a limit.
private struct LimitedFolders {
    /// How many names of a folder to read at most.
    let most: Int
    /// Gets a folder with a wanted name that is not UTF-8.
    let passedOver: (String) -> Void

    /// The file, and those beside it that editors and people make of it: `credentials~`, `.credentials.swp`,
    /// `credentials.bak`. In `~/.aws`, all files.
    func fileAndCopies(of file: String) -> [String] {
        guard let folder = folder(ofPath: file) else { return [file] }
        let name = String(Substring(file.utf8.dropFirst(folder.utf8.count + 1)))
        let isAWS = folder.ends(with: "/.aws")
        return [file] + plainFiles(folder) { isAWS || $0.includes(name) }
    }

    /// Files that are named after others, without those themselves.
    func copies(of names: [String], in folder: String) -> [String] {
        plainFiles(folder) { name in !names.holds(name) && names.contains { name.includes($0) } }
    }

    /// What terraform, direnv and others read in the folder that the user is in.
    var present: [LeftoverPlace] {
        let paths = plainFiles(".") { name in
            name.begins(with: ".env") || name.ends(with: ".env") || name.ends(with: ".tfvars")
                || name.ends(with: ".tfvars.json")
        }.map { path in
            let whole = absolute(String(path.unicodeScalars.dropFirst(2)))
            // The folder's own name may not be UTF-8.
            return fileExists(whole) ? whole : path
        }
        return places(paths, .variables)
    }

    /// The paths of a folder's files; not more than a folder of such files has.
    func plainFiles(_ folder: String, _ isWanted: (String) -> Bool = { _ in true }) -> [String] {
        var (names, count): ([String], Int) = ([], 0)
        _ = try? anyName(inFolder: folder) { name in
            if isWanted(name) { names.append(name) }
            count += 1
            return count == most
        }
        // What is not UTF-8 comes as U+FFFD.
        if names.contains(where: { $0.includes("\u{FFFD}") && !fileExists(folder + "/" + $0) }) {
            passedOver(folder.isSame(as: ".") ? resolved(folder) ?? folder : folder)
        }
        return names.sorted().prefix(1000).map { folder + "/" + $0 }.filter(isPlainFile)
    }
}
