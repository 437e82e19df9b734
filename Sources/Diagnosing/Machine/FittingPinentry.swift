import Glibc
import Linux
import Prompt
import Setup
import Text

/// Whether the pinentry that the settings ask for is there, and can show a window where only a window can be seen.
enum FittingPinentry: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let settings = try? subject.settings.get() else { return }
        let environment = subject.context.environment
        let isWanted = (settings.helperMethods + (settings.codeMethods ?? [])).contains { $0.isPinentry }
        guard isWanted || settings.pinentry != nil else { return }
        let path = subject.context.paths.settings
        do throws(PinentryError) {
            let pinentry = try Pinentry.find(named: settings.pinentry, in: environment)
            let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment.nonEmpty($0) != nil }
            guard hasDisplay, isForTerminals(pinentry.program) else { return }
            diagnosis.add(
                Finding(
                    "pinentry_without_window", .risky, at: path, "\(pinentry.program) can ask only at a terminal",
                    why: "a program started from the desktop has no terminal, so you never see its prompt",
                    installation()))
        } catch {
            guard case .notFound(let name) = error else { return }
            diagnosis.add(
                Finding(
                    "no_pinentry", .broken, at: path, "there is no pinentry \(name)",
                    why: "warder cannot show the prompts that the settings send to pinentry", installation()))
        }

        func installation() -> Remedy {
            if settings.pinentry != nil {
                return .run("sed -i --follow-symlinks '/^[[:blank:]]*pinentry[[:blank:]]*=/d' \(shellWord(path))")
            }
            return .run(PackageManager.installing("pinentry-gnome3", environment))
        }
    }

    private static func isForTerminals(_ program: String) -> Bool {
        let name = lastPart(ofPath: resolved(program) ?? program)
        return name.ends(with: "-curses") || name.ends(with: "-tty")
    }
}

extension PromptMethod {
    fileprivate var isPinentry: Bool { if case .pinentry = self { true } else { false } }
}
