import Linux
import Setup
import Text

/// Whether `XDG_RUNTIME_DIR`, where it is set, is a folder that warder uses.
enum UsableRuntimeFolder: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard case .refused(let path, let fault) = subject.context.paths.runtimeFolder else { return }
        diagnosis.add(
            Finding(
                "runtime_folder_unused", .risky, at: "XDG_RUNTIME_DIR", "\(path): \(fault.reason)",
                why: "warder ignores it, so it finds no session bus and cannot pass a prompt to another terminal",
                remedy(path, fault)))
    }

    private static func remedy(_ path: String, _ fault: RuntimeFolder.Fault) -> Remedy {
        if case .exposed = fault { return .fix(.mode(path: path, to: 0o700)) }
        if let folder = usableCustomaryFolder { return .run("export XDG_RUNTIME_DIR=\(folder)") }
        return .run("unset XDG_RUNTIME_DIR")
    }

    /// The folder that systemd made for this user, if it did.
    static var usableCustomaryFolder: String? {
        let folder = customaryRuntimeFolder
        return fileExists(folder) ? RuntimeFolder(folder).path : nil
    }
}
