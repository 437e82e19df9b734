import Glibc
import Linux

/// How this machine's distribution installs a package.
enum PackageManager {
    private static let commands = [
        ("apt-get", "apt-get install -y"), ("dnf", "dnf install -y"), ("pacman", "pacman -S --noconfirm"),
        ("zypper", "zypper install -y"), ("apk", "apk add"),
    ]

    /// - Parameter package: its name in Debian, and in most others.
    static func installing(_ package: String, _ environment: Environment) -> String {
        let found = commands.first { programPath($0.0, searchPath: environment["PATH"]) != nil } ?? commands[0]
        return (geteuid() == 0 ? "" : "sudo ") + "\(found.1) \(package)"
    }
}
