import Linux
import Setup
import Text

// Where a secret that stood in one of the AWS files is likely to stand as well.

/// The files in which to look for an imported secret, whether they are there or not.
///
/// - Parameter files: the files that it was imported from.
func leftoverPlaces(beside files: [String], _ environment: Environment) -> [String] {
    let beside = files.flatMap { file in [file, resolved(file) ?? file].flatMap(backups) }
    guard let home = environment.nonEmpty("HOME") else { return beside + presentFolder }
    let config = environment.nonEmpty("XDG_CONFIG_HOME") ?? home + "/.config"
    let data = environment.nonEmpty("XDG_DATA_HOME") ?? home + "/.local/share"
    let zsh = environment.nonEmpty("ZDOTDIR") ?? home
    let caches = ["cli/cache", "cli/history", "boto/cache", "sso/cache"].flatMap { plainNames(home + "/.aws/" + $0) }
    let shells =
        [".bashrc", ".bash_profile", ".bash_login", ".bash_aliases", ".profile", ".kshrc", ".pam_environment"]
        .map { home + "/" + $0 } + [".zshenv", ".zprofile", ".zshrc", ".zlogin", ".zsh_history"].map { zsh + "/" + $0 }
    let more =
        plainNames(config + "/fish") + plainNames(config + "/fish/conf.d") + plainNames(config + "/nushell")
        + plainNames(config + "/environment.d")
    let histories =
        [".bash_history", ".zsh_history", ".zhistory", ".sh_history", ".python_history", ".viminfo"]
        .map { home + "/" + $0 } + [data + "/fish/fish_history"] + [environment.nonEmpty("HISTFILE")].compactMap { $0 }
    let programs =
        [".s3cfg", ".boto", ".passwd-s3fs", ".netrc", ".env", ".envrc"].map { home + "/" + $0 }
        + [config + "/rclone/rclone.conf"]
    return beside + caches + shells + more + histories + programs + presentFolder
}

/// The file and those beside it that editors and people make of it: `credentials~`, `.credentials.swp`,
/// `credentials.bak`. In `~/.aws`, all files.
private func backups(of file: String) -> [String] {
    guard let folder = folder(ofPath: file) else { return [file] }
    let name = String(Substring(file.utf8.dropFirst(folder.utf8.count + 1)))
    let isAWS = folder.ends(with: "/.aws")
    return [file] + plainNames(folder) { isAWS || $0.includes(name) }
}

/// What terraform, direnv and others read in the folder that the user is in.
private var presentFolder: [String] {
    plainNames(".") { name in
        name.begins(with: ".env") || name.ends(with: ".env") || name.ends(with: ".tfvars")
            || name.ends(with: ".tfvars.json")
    }.map { absolute(String($0.unicodeScalars.dropFirst(2))) }
}

/// The paths of a folder's files; not more than a folder of such files has.
private func plainNames(_ folder: String, _ isWanted: (String) -> Bool = { _ in true }) -> [String] {
    let names = (try? names(inFolder: folder)) ?? []
    return names.filter(isWanted).sorted().prefix(1000).map { folder + "/" + $0 }.filter(isPlainFile)
}
