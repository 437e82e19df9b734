import Text

/// Which files hold the profiles, and which profile to use by default.
///
/// The rules are those of the AWS SDKs and Tools Reference Guide, "Location of the shared config and credentials
/// files". An empty variable counts as unset.
public struct FileLocations: Sendable, Equatable {
    /// The config file: `AWS_CONFIG_FILE`, or `~/.aws/config`.
    public let config: String
    /// The credentials file: `AWS_SHARED_CREDENTIALS_FILE`, or `~/.aws/credentials`.
    public let credentials: String
    /// The profile: `AWS_PROFILE`, or `AWS_DEFAULT_PROFILE` as the AWS CLI reads it, or `default`.
    public let profile: String

    /// Reads the environment. Throws `homeUnknown` if a path starts with `~` and `HOME` is missing.
    public static func find(environment: (String) -> String?) throws(ProfileError) -> FileLocations {
        func variable(_ name: String) -> String? {
            guard let value = environment(name), !value.isEmpty else { return nil }
            return value
        }
        let home = variable("HOME")
        return FileLocations(
            config: try expand(variable("AWS_CONFIG_FILE") ?? "~/.aws/config", home: home),
            credentials: try expand(variable("AWS_SHARED_CREDENTIALS_FILE") ?? "~/.aws/credentials", home: home),
            profile: variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default")
    }

    /// `~` means the home directory only as a path's whole first component.
    private static func expand(_ path: String, home: String?) throws(ProfileError) -> String {
        guard path == "~" || path.begins(with: "~/") else { return path }
        guard var home else { throw .homeUnknown }
        while home.ends(with: "/") { home.unicodeScalars.removeLast() }
        return path == "~" && home.isEmpty ? "/" : home + String(path.unicodeScalars.dropFirst())
    }
}
