import Failures
import Glibc
import Linux
import Setup
import Stores
import Text
import Vault

/// Whether the file that is to open the vault does so, where one is named.
enum UsableKeyfile: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard subject.slotTypes.contains(.keyfile), let path = named(subject) else { return }
        do throws(FileError) { try checkCredentialFile(path) } catch {
            diagnosis.add(finding(error, path, subject))
        }
    }

    private static func named(_ subject: Subject) -> String? {
        if let path = subject.context.environment.nonEmpty("WARDER_KEYFILE") { return subject.context.expanded(path) }
        return (try? subject.settings.get())?.keyfile
    }

    private static func finding(_ error: FileError, _ path: String, _ subject: Subject) -> Finding {
        let what = Failure(error, "the keyfile").message
        let why = "the vault asks for its passphrase"
        switch error {
        case .exposed(let path, let mode) where mode & 0o044 != 0:
            return Finding(
                "keyfile_mode", .exposed, at: path, what,
                why: "any user who reads it can open the vault, and warder refuses to use it",
                .fix(.mode(path: path, to: 0o600)))
        case .exposed(let path, _):
            return Finding("keyfile_mode", .broken, at: path, what, why: why, .fix(.mode(path: path, to: 0o600)))
        case _ where error.isAbsence:
            return Finding(
                "no_keyfile", .risky, at: path, "there is no keyfile \(path)", why: why,
                .run("warder vault slots add keyfile \(shellWord(path))"))
        default:
            return Finding(
                "keyfile_unreadable", .risky, at: path, what, why: why, .run("ls -l \(shellWord(path))"))
        }
    }
}
