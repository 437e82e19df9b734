import Linux
import Secrets
import Shells
import Text

/// The files that one shell reads when it starts, and where they load warder's hook.
struct StartUpFiles {
    /// One place where the hook is loaded.
    struct Load: Equatable {
        let path: String
        /// The line, counted from 1.
        let line: Int
        /// The file with the hook's text; nil if warder prints it anew.
        let copy: String?
    }

    let shell: Shell
    /// In the order in which they are read.
    private let paths: [String]
    private let home: String

    /// The sets of files of which one shell reads all.
    static func all(_ environment: Environment) -> [StartUpFiles] {
        guard let home = environment.nonEmpty("HOME"), let config = environment.configFolder,
            let data = environment.dataFolder
        else { return [] }
        let zsh = environment.nonEmpty("ZDOTDIR") ?? home
        let login = [".bash_profile", ".bash_login", ".profile"].map { home + "/" + $0 }.first(where: isPlainFile)
        let bash = [login.flatMap { contains($0, ".bashrc") ? $0 : nil }, home + "/.bashrc"].compactMap { $0 }
        let fish = plainFiles(config + "/fish/conf.d", ending: ".fish") + [config + "/fish/config.fish"]
        let nu =
            ["env.nu", "config.nu"].map { config + "/nushell/" + $0 }
            + plainFiles(data + "/nushell/vendor/autoload", ending: ".nu")
            + plainFiles(config + "/nushell/autoload", ending: ".nu")
        return [
            StartUpFiles(shell: .bash, paths: bash, home: home),
            StartUpFiles(
                shell: .zsh, paths: [".zshenv", ".zprofile", ".zshrc", ".zlogin"].map { zsh + "/" + $0 }, home: home),
            StartUpFiles(shell: .fish, paths: fish, home: home),
            StartUpFiles(shell: .nu, paths: nu, home: home),
        ]
    }

    /// Where they load the hook.
    var loads: [Load] {
        var seen: [FileIdentity] = []
        return paths.flatMap { path -> [Load] in
            guard let identity = FileIdentity(at: path), !seen.contains(identity) else { return [] }
            seen.append(identity)
            return loads(in: path)
        }
    }

    private func loads(in path: String) -> [Load] {
        guard let text = startUpText(path) else { return [] }
        return text.withUnsafeBytes { bytes in
            var found: [Load] = []
            for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
                // The hook itself, copied here: what follows is part of it.
                if line.starts(with: Self.marker(shell).utf8) {
                    return [Load(path: path, line: number + 1, copy: path)]
                }
                let words = line.drop { $0 == 0x20 || $0 == 0x09 }
                guard words.first != UInt8(ascii: "#"), words.includes("warder") else { continue }
                // What is indented may depend on something.
                guard words.startIndex == line.startIndex else { continue }
                if evaluates(words) {
                    found.append(Load(path: path, line: number + 1, copy: nil))
                } else if let copy = sourced(words), contains(copy, Self.marker(shell)) {
                    found.append(Load(path: path, line: number + 1, copy: copy))
                }
            }
            return found
        }
    }

    /// What stands in the first lines of the hook's text.
    static func marker(_ shell: Shell) -> String { "# warder's hook for \(shell.title)" }

    /// Whether a line does nothing but evaluate the hook of this shell.
    private func evaluates(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        let begins = ["eval ", "source ", ". ", "warder hook \(shell.name) | source"]
        let isOther = [";", "&&", "||", " if ", " then "].contains { line.includes($0) }
        return begins.contains { line.starts(with: $0.utf8) } && !isOther
            && (line.includes("warder hook \(shell.name)") || line.includes("warder hook)"))
    }

    /// The path of a file `warder.SHELL` that a line sources; nil for one that only the shell can find.
    private func sourced(_ line: Slice<UnsafeRawBufferPointer>) -> String? {
        let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ";") }
        guard words.count > 1, [".", "source", "use"].contains(where: { words[0].elementsEqual($0.utf8) }) else {
            return nil
        }
        var path = String(
            decoding: words[1].filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }, as: UTF8.self)
        for prefix in ["~/", "$HOME/", "${HOME}/"] {
            if let rest = path.removingPrefix(prefix) { path = home + "/" + rest }
        }
        return path.begins(with: "/") && lastPart(ofPath: path).isSame(as: "warder.\(shell.name)") ? path : nil
    }
}

/// The text of a start-up file; nil for what is not a plain file of ordinary size.
func startUpText(_ path: String) -> SecretBytes? {
    isPlainFile(path) ? try? readFile(path, limit: 1 << 20) : nil
}

private func contains(_ path: String, _ needle: String) -> Bool {
    startUpText(path)?.withUnsafeBytes { $0[...].includes(needle) } ?? false
}

private func plainFiles(_ folder: String, ending: String) -> [String] {
    ((try? names(inFolder: folder)) ?? []).filter { $0.ends(with: ending) }.sorted().prefix(100)
        .map { folder + "/" + $0 }
}
