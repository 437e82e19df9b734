import Linux

/// How this machine's distribution installs a package.
enum PackageManager {
    /// The program, and what it is given to install a package, and to install it again.
    private static let commands = [
        (name: "apt-get", install: "install -y", again: "install -y --reinstall"),
        (name: "dnf", install: "install -y", again: "reinstall -y"),
        (name: "pacman", install: "-S --noconfirm", again: "-S --noconfirm"),
        (name: "zypper", install: "install -y", again: "install -y --force"),
        (name: "apk", install: "add", again: "fix"),
    ]

    /// - Parameters:
    ///   - package: its name in Debian, and in most others.
    ///   - elsewhere: its name in others, if that differs.
    ///   - isBroken: it is installed, and does not work.
    static func installing(
        _ package: String, elsewhere: String? = nil, again isBroken: Bool = false, _ environment: Environment
    ) -> String {
        let found = commands.first { programPath($0.name, searchPath: environment["PATH"]) != nil } ?? commands[0]
        let name = found.name == commands[0].name ? package : elsewhere ?? package
        return asRoot("\(found.name) \(isBroken ? found.again : found.install) \(name)")
    }
}
