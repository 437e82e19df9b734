import Profiles
import Secrets
import Shells
import Text

/// The shell's hook: loaded twice, or a copy of another version.
enum LoadedHooks: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        for files in StartUpFiles.all(subject.context.environment) {
            let loads = files.loads
            for load in loads.dropFirst() { diagnosis.add(again(load, after: loads[0], files.shell)) }
            var seen: [String] = []
            for load in loads {
                guard let copy = load.copy, !seen.holds(copy) else { continue }
                seen.append(copy)
                if isOld(copy, files.shell) { diagnosis.add(old(copy, load, files.shell)) }
            }
        }
    }

    private static func again(_ load: StartUpFiles.Load, after first: StartUpFiles.Load, _ shell: Shell) -> Finding {
        let command: String
        if load.copy?.isSame(as: load.path) != true {
            command = LineEdit.sed("\(load.line){/^#/!{/warder/s|^|# |}}", load.path)
        } else {
            command = isHookAlone(load.path, shell) ? "rm \(shellWord(load.path))" : editing(load)
        }
        return Finding(
            "hook_twice", .risky, at: "\(load.path):\(load.line)",
            "\(shell.title) loads warder's hook twice; \(first.path):\(first.line) loads it already",
            why: "the hook runs twice at each prompt", .run(command))
    }

    private static func isOld(_ copy: String, _ shell: Shell) -> Bool {
        guard let hook = shell.hook, let text = startUpText(copy) else { return false }
        return text.withUnsafeBytes { bytes in
            // It may stand among other lines; its first line and what follows must be today's.
            guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: hook.text.prefix(64)) }) else {
                return true
            }
            return !bytes[start...].starts(with: hook.text)
        }
    }

    /// Whether the file holds nothing but a hook, by its name: another one may have lines of the user's own.
    private static func isHookAlone(_ path: String, _ shell: Shell) -> Bool {
        lastPart(ofPath: path).isSame(as: "warder.\(shell.name)")
    }

    private static func editing(_ load: StartUpFiles.Load) -> String {
        LineEdit.edit(Origin(path: load.path, line: load.line))
    }

    private static func old(_ copy: String, _ load: StartUpFiles.Load, _ shell: Shell) -> Finding {
        let file = shellWord(copy)
        let command: String
        if !isHookAlone(copy, shell) {
            command = editing(load)
        } else {
            command =
                mayWrite(copy)
                ? "warder hook \(shell.name) > \(file)" : "warder hook \(shell.name) | sudo tee \(file) > /dev/null"
        }
        return Finding(
            "hook_old", .risky, at: copy, "this copy of the \(shell.title) hook is from another version",
            why: "it may not understand this version's output", .run(command))
    }
}
