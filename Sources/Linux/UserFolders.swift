import Text

extension Environment {
    /// One of the user's base folders: where the variable says, or below the home folder. A relative path does not count
    /// (XDG Base Directory Specification, "Basics").
    ///
    /// - Parameters:
    ///   - variable: `XDG_CONFIG_HOME` or the like.
    ///   - customary: where it is below the home folder, with a slash before it.
    /// - Returns: nil if neither the variable nor `HOME` is an absolute path.
    public func baseFolder(_ variable: String, _ customary: String) -> String? {
        if let path = nonEmpty(variable), path.begins(with: "/") { return path }
        guard let home = nonEmpty("HOME"), home.begins(with: "/") else { return nil }
        return home + customary
    }

    /// Where programs keep their settings.
    public var configFolder: String? { baseFolder("XDG_CONFIG_HOME", "/.config") }

    /// Where programs keep the user's data.
    public var dataFolder: String? { baseFolder("XDG_DATA_HOME", "/.local/share") }
}
