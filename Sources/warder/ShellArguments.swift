import ArgumentParser
import Linux
import Shells
import Text

// Argument types that name a shell or a format, from the tables in Shells.

extension Shell: ExpressibleByArgument {
    /// The shell of that name.
    public init?(argument: String) { self.init(named: argument) }
    /// The names that help and errors list.
    public static var allValueStrings: [String] { all.map(\.name) }
    /// The names that completions offer.
    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    /// The requested shell, or else the one that runs warder: not `$SHELL`, which is the user's login shell.
    static func chosen(_ given: Shell?) -> Shell {
        if let given { return given }
        for program in parentPrograms() { if let shell = Shell(program: program) { return shell } }
        return .sh
    }
}

extension Format: ExpressibleByArgument {
    /// The format of that name.
    public init?(argument: String) { self.init(named: argument) }
    /// The names that help and errors list.
    public static var allValueStrings: [String] { all.map(\.name) }
    /// The names that completions offer.
    public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// A shell that has a hook.
struct HookedShell: ExpressibleByArgument {
    static let all = Shell.all.compactMap(HookedShell.init)

    let shell: Shell
    let hook: Hook

    private init?(_ shell: Shell) {
        guard let hook = shell.hook else { return nil }
        (self.shell, self.hook) = (shell, hook)
    }

    init?(argument: String) {
        guard let shell = Shell(named: argument) else { return nil }
        self.init(shell)
    }

    static var allValueStrings: [String] { all.map(\.shell.name) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    /// The shell that runs warder, by its executable or its own name; nil if it is not one of these.
    static var ofParent: HookedShell? {
        for program in parentPrograms() {
            let name = lastPart(ofPath: program)
            if let shell = HookedShell(argument: name.begins(with: "-") ? String(name.dropFirst()) : name) {
                return shell
            }
        }
        return nil
    }
}
