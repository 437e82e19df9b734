import Text

/// A format in which programs read variables. What is particular to it stands beside its syntax, in a file of its own.
public struct Format: Sendable {
    /// Every format, in the order of help and completions.
    public static let all = [dotenv, json, systemd, github]

    /// Where the text of a format goes.
    public enum Destination: Sendable {
        /// Standard output.
        case output
        /// A step of GitHub Actions: the file that `GITHUB_ENV` names, after the log is told what to hide.
        case gitHubStep
    }

    /// As users call it: the value of `--format`.
    public let name: String
    let syntax: any Syntax.Type
    /// Where the text goes.
    public let destination: Destination

    init(_ name: String, _ syntax: any Syntax.Type, to destination: Destination = .output) {
        (self.name, self.syntax, self.destination) = (name, syntax, destination)
    }

    /// The format that users call `name`.
    public init?(named name: String) {
        guard let format = Self.all.first(where: { $0.name.isSame(as: name) }) else { return nil }
        self = format
    }
}
