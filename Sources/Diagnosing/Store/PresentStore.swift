import Failures
import Glibc
import Linux
import Setup
import Stores
import Text
import Vault

/// Whether it can be told where the keys are, and is where the settings want them; whether it is locked.
enum PresentStore: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        switch subject.store {
        case .failure(let failure):
            // The marker is read first; of a vault, `SoundVault` says more.
            let marker = subject.context.paths.store
            if fileExists(marker) { diagnosis.add(unreadable(marker, failure)) }
        case .success(nil): break
        case .success(let store?):
            for finding in [misplaced(store, subject), halfMoved(store, subject)] {
                if let finding { diagnosis.add(finding) }
            }
            if let remark = locked(store, subject) { diagnosis.add(remark) }
        }
    }

    private static func unreadable(_ marker: String, _ failure: Failure) -> Finding {
        let remedy: Remedy
        do throws(FileError) {
            _ = try openPrivateFile(marker, O_RDONLY)
            remedy = .run("mv \(shellWord(marker)) \(shellWord(marker + ".unreadable"))")
        } catch {
            remedy = .opening(marker, error)
        }
        return Finding(
            "store_unknown", .broken, at: marker, failure.message,
            why: "warder cannot tell whether the keys are in the Secret Service or in a vault", remedy)
    }

    private static func misplaced(_ store: any KeyStore, _ subject: Subject) -> Finding? {
        guard let setting = (try? subject.settings.get())?.store, setting.kind != store.kind else { return nil }
        return Finding(
            "store_elsewhere", .broken, at: setting.origin.place,
            "store is \(setting.kind.rawValue), but the keys are in the \(store.kind.spoken)",
            why: "warder add refuses to store a key", .run("warder store move --to \(setting.kind.rawValue)"))
    }

    private static func halfMoved(_ store: any KeyStore, _ subject: Subject) -> Finding? {
        let vault = subject.context.paths.vault
        guard store.kind == .libsecret, fileExists(vault) else { return nil }
        return Finding(
            "move_unfinished", .risky, at: vault,
            "there is a vault too, as when warder store move was interrupted",
            why: "warder does not see the keys in it, and its passphrase still opens them",
            .run("warder store move --to libsecret"))
    }

    /// A locked store is as it should be; `UnattendedOpening` knows where it is not.
    private static func locked(_ store: any KeyStore, _ subject: Subject) -> Remark? {
        guard subject.unlockedUntil == nil else { return nil }
        if (try? subject.keys.unlockedState())??.isHeld == true {
            return Remark("locked", "warder is locked, by warder lock: warder unlock opens it")
        }
        if store.kind == .libsecret {
            guard case .success(.locked)? = subject.desktop else { return nil }
            return Remark("locked", "the desktop's keyring is locked: warder unlock lets it ask for its password")
        }
        guard (try? store.opensByItself()) == false else { return nil }
        return Remark("locked", at: store.path, "the vault is locked: warder unlock asks for its passphrase")
    }
}

extension Remedy {
    /// What lets one of warder's own files be read, where that can be said.
    static func opening(_ path: String, _ error: FileError) -> Remedy {
        switch error {
        case .exposed(let path, _): return .fix(.mode(path: path, to: 0o600))
        case .foreign(let path, _):
            return .run((geteuid() == 0 ? "" : "sudo ") + "chown \(shellWord(userName())) \(shellWord(path))")
        default: return .run("ls -la \(shellWord(folder(ofPath: path) ?? path))")
        }
    }
}
