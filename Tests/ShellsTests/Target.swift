import Shells
import Testing

/// What a script can be written for: a shell or a format, by its name.
enum Target: Sendable, CustomTestStringConvertible {
    case shell(Shell)
    case format(Format)

    static let all = Shell.all.map(Target.shell) + Format.all.map(Target.format)

    static let (bash, zsh, sh, fish) = (shell(.bash), shell(.zsh), shell(.sh), shell(.fish))
    static let (nu, pwsh) = (shell(.nu), shell(.pwsh))
    static let (dotenv, json) = (format(.dotenv), format(.json))
    static let (systemd, github) = (format(.systemd), format(.github))

    var name: String {
        switch self {
        case .shell(let shell): shell.name
        case .format(let format): format.name
        }
    }

    var testDescription: String { name }

    func script() -> Script {
        switch self {
        case .shell(let shell): Script(shell)
        case .format(let format): Script(format)
        }
    }
}
