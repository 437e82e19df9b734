import Text

/// A shell that warder prints statements for. What is particular to it stands beside its syntax, in a file of its own.
public struct Shell: Sendable {
    /// Every shell, in the order of help and completions.
    public static let all = [bash, zsh, sh, fish, nu, pwsh]

    /// As users call it: the value of `--shell`, and the suffix of its file in `shell/`.
    public let name: String
    /// As text calls it.
    public let title: String
    /// The names of its program, and of others that take the same statements.
    let programs: [String]
    let syntax: any Syntax.Type
    /// Its integration; nil for a shell that has none.
    public let hook: Hook?
    /// The command that takes in what `env` prints for a profile, whose name is given as a word for a shell.
    public let evaluating: @Sendable (_ profile: String) -> String

    init(
        _ name: String, title: String? = nil, programs: [String]? = nil, _ syntax: any Syntax.Type, hook: Hook? = nil,
        evaluating: @escaping @Sendable (_ profile: String) -> String
    ) {
        (self.name, self.title, self.programs) = (name, title ?? name, programs ?? [name])
        (self.syntax, self.hook, self.evaluating) = (syntax, hook, evaluating)
    }

    /// The shell that users call `name`.
    public init?(named name: String) {
        guard let shell = Self.all.first(where: { $0.name.isSame(as: name) }) else { return nil }
        self = shell
    }

    /// The shell that is called `program`, as the kernel or a user has it: `zsh`, `-bash`, `fish-4.0`, `/usr/bin/nu`;
    /// nil where that is no shell one knows.
    public init?(program: String) {
        // A login shell is `-zsh`, a wrapped one `.zsh-wrapped`, one that was replaced on the disk `zsh (deleted)`.
        let name = Substring(
            lastPart(ofPath: program).utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
                .prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") })
        guard let shell = Self.all.first(where: { $0.programs.holds(name) }) else { return nil }
        self = shell
    }

    /// The text that makes an `eval` of it fail.
    public var failing: String { syntax.failing }
}
