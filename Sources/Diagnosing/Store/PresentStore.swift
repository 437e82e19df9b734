import Failures
import Setup
import Stores
import Text
import Vault

/// Whether it can be told where the keys are, and is where the settings want them; whether it is locked.
enum PresentStore: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        switch subject.store {
        // `SoundVault` says more of a vault.
        case .failure(let failure) where failure.isOfMarker(subject):
            diagnosis.add(unreadableMarker(failure, subject.context.paths.store))
        case .failure, .success(nil): break
        case .success(let store?):
            if let finding = misplaced(store, subject) { diagnosis.add(finding) }
            if let remark = locked(store, subject) { diagnosis.add(remark) }
        }
    }

    private static func unreadableMarker(_ failure: Failure, _ path: String) -> Finding {
        let word = shellWord(path)
        return Finding(
            "store_unknown", .broken, at: path, failure.message,
            why: "warder cannot tell whether the keys are in the Secret Service or in a vault",
            .run("mv \(word) \(shellWord(path + ".unreadable"))"))
    }

    private static func misplaced(_ store: any KeyStore, _ subject: Subject) -> Finding? {
        guard let setting = (try? subject.settings.get())?.store, setting.kind != store.kind else { return nil }
        return Finding(
            "store_elsewhere", .broken, at: setting.origin.place,
            "store is \(setting.kind.rawValue), but the keys are in the \(store.kind.spoken)",
            why: "warder add refuses to store a key", .run("warder store move --to \(setting.kind.rawValue)"))
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

extension Failure {
    /// It is about the file that says where the keys are.
    fileprivate func isOfMarker(_ subject: Subject) -> Bool { message.includes(subject.context.paths.store) }
}
