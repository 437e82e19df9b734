import Secrets
import Text

/// A syntax in which variables can be handed over.
public enum Syntax: String, Sendable, CaseIterable {
    /// bash, zsh, dash and other shells of the POSIX family.
    case posix
    /// fish.
    case fish
    /// nushell: one JSON object, null for what is to go.
    case nu
    /// PowerShell.
    case pwsh
    /// `NAME=value` lines, as dotenv libraries and `docker --env-file` read them.
    case dotenv
    /// One JSON object.
    case json
    /// Lines for the file that `GITHUB_ENV` names in a step of GitHub Actions.
    case github
    /// Lines of an `EnvironmentFile=`; systemd.exec(5).
    case systemd

    /// The syntax of the shell that is called `program`, as the kernel or a user has it: `zsh`, `-bash`, `fish-4.0`,
    /// `/usr/bin/nu`; nil where that is no shell one knows.
    public init?(program: String) {
        // A login shell is `-zsh`, a wrapped one `.zsh-wrapped`, one that was replaced on the disk `zsh (deleted)`.
        let name = lastPart(ofPath: program).utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            .prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        switch String(Substring(name)) {
        case "bash", "rbash", "zsh", "sh", "dash", "ash", "ksh", "ksh93", "mksh", "yash": self = .posix
        case "fish": self = .fish
        case "nu": self = .nu
        case "pwsh": self = .pwsh
        default: return nil
        }
    }

    /// A shell takes this in, and so can take variables away again.
    public var isShell: Bool {
        switch self {
        case .posix, .fish, .nu, .pwsh: true
        case .dotenv, .json, .github, .systemd: false
        }
    }

    var dialect: any Dialect.Type {
        switch self {
        case .posix: POSIX.self
        case .fish: Fish.self
        case .nu: Nushell.self
        case .pwsh: PowerShell.self
        case .dotenv: Dotenv.self
        case .json: PlainJSON.self
        case .github: GitHubFile.self
        case .systemd: EnvironmentFile.self
        }
    }
}

/// How one syntax writes what a script is made of.
protocol Dialect {
    /// What stands before everything.
    static var opening: String { get }
    /// What stands behind everything.
    static func closing(isEmpty: Bool) -> String
    /// What is printed in place of a script that could not be made, so that taking it in fails; empty where a program
    /// reads it, which sees the exit code.
    static var failing: String { get }
    /// Whoever reads it decodes UTF-8, and would replace or refuse other bytes.
    static var isUnicode: Bool { get }
    /// Its quoting carries these bytes, which hold no control characters, to every reader.
    static func carries(_ value: borrowing SecretBytes) -> Bool
    /// Adds what gives the variable `name` a value that the dialect carries.
    static func set(_ name: String, _ value: borrowing SecretBytes, isFirst: Bool, _ text: inout SecretBytes)
    /// Adds what takes the variable `name` away; false where there is no such thing.
    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool
}

extension Dialect {
    static var opening: String { "" }
    static func closing(isEmpty: Bool) -> String { "" }
    static var failing: String { "" }
    static var isUnicode: Bool { true }
    static func carries(_ value: borrowing SecretBytes) -> Bool { true }
    static func unset(_ name: String, isFirst: Bool, _ text: inout SecretBytes) -> Bool { false }
}
