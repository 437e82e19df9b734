import Linux
import Shells
import Text

extension Shell {
    /// The named shell, or else the one that runs warder: not `$SHELL`, which is the user's login shell.
    static func chosen(_ name: String?) -> Shell {
        if let name, let shell = Shell(named: name) { return shell }
        for program in parentPrograms() { if let shell = Shell(program: program) { return shell } }
        return .sh
    }
}

/// A shell that has a hook.
struct HookedShell {
    static let all = Shell.all.compactMap(HookedShell.init)

    let shell: Shell
    let hook: Hook

    private init?(_ shell: Shell) {
        guard let hook = shell.hook else { return nil }
        (self.shell, self.hook) = (shell, hook)
    }

    init?(named name: String) {
        guard let shell = Shell(named: name) else { return nil }
        self.init(shell)
    }

    /// The shell that runs warder, by its executable or its own name; nil if it is not one of these.
    static var ofParent: HookedShell? {
        for program in parentPrograms() {
            let name = lastPart(ofPath: program)
            if let shell = HookedShell(named: name.begins(with: "-") ? String(name.dropFirst()) : name) {
                return shell
            }
        }
        return nil
    }
}
