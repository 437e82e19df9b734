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
            if fileExists(marker), let finding = unreadable(marker, failure) { diagnosis.add(finding) }
        case .success(nil): break
        case .success(let store?):
            for finding in [misplaced(store, subject), halfMoved(store, subject)] {
                if let finding { diagnosis.add(finding) }
            }
            if let remark = locked(store, subject) { diagnosis.add(remark) }
        }
    }

    /// Nil for what `FileModes` says of the marker: whose it is, and its mode.
    private static func unreadable(_ marker: String, _ failure: Failure) -> Finding? {
        do throws(FileError) { _ = try openPrivateFile(marker, O_RDONLY) } catch {
            switch error {
            case .exposed, .foreign, .link: return nil
            default: break
            }
        }
        return Finding(
            "store_unknown", .broken, at: marker, failure.message,
            why: "warder cannot tell whether the keys are in the Secret Service or in a vault",
            .run("mv \(shellWord(marker)) \(shellWord(marker + ".unreadable"))"))
    }

    private static func misplaced(_ store: any KeyStore, _ subject: Subject) -> Finding? {
        guard let setting = (try? subject.settings.get())?.store, setting.kind != store.kind,
            let policy = try? subject.context.policy()
        else { return nil }
        let isForbidden = policy.rule(against: setting.kind) != nil
        // The machine's own lines are its administrator's.
        if isForbidden, setting.origin.path != subject.context.paths.settings { return nil }
        return Finding(
            "store_elsewhere", .broken, at: setting.origin.place,
            "store is \(setting.kind.rawValue), but the keys are in the \(store.kind.spoken)",
            why: "warder add refuses to store a key",
            .run(
                isForbidden
                    ? LineEdit.comment("store", at: setting.origin)
                    : "warder store move --to \(setting.kind.rawValue)"))
    }

    private static func halfMoved(_ store: any KeyStore, _ subject: Subject) -> Finding? {
        let vault = subject.context.paths.vault
        guard store.kind == .libsecret, fileExists(vault),
            let policy = try? subject.context.policy(), policy.rule(against: .libsecret) == nil
        else { return nil }
        return Finding(
            "move_unfinished", .risky, at: vault,
            "there is a vault too, probably from an interrupted warder store move",
            why: "warder does not see the keys in it, but its passphrase still opens them",
            .run("warder store move --to libsecret"))
    }

    /// A locked store is as it should be; `UnattendedOpening` knows where it is not.
    private static func locked(_ store: any KeyStore, _ subject: Subject) -> Remark? {
        guard subject.unlockedUntil == nil else { return nil }
        if (try? subject.keys.unlockedState())??.isHeld == true {
            return Remark("locked", "warder is locked, by warder lock; warder unlock unlocks it")
        }
        if store.kind == .libsecret {
            guard case .success(.locked)? = subject.desktop else { return nil }
            return Remark("locked", "the desktop's keyring is locked: warder unlock makes it prompt for its password")
        }
        let isGiven = ["WARDER_PASSPHRASE", "WARDER_PASSPHRASE_COMMAND", "WARDER_PASSPHRASE_FD"].contains { name in
            switch subject.context.environment.secret(name) {
            case .some: true
            case .none: false
            }
        }
        guard !isGiven, (try? store.opensByItself()) == false else { return nil }
        return Remark("locked", at: store.path, "the vault is locked: warder unlock asks for its passphrase")
    }
}
