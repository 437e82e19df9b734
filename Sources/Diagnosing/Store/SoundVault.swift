import Failures
import Linux
import Setup
import Stores
import Text
import Vault

/// Whether the vault would open with its passphrase, and what lies beside it.
enum SoundVault: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        switch subject.vault {
        // Whose it is, its mode and a link in its place are `FileModes`' and `FileLinks`' to say.
        case .failure(.file(.exposed)), .failure(.file(.foreign)), .failure(.file(.link)): break
        case .failure(let error): diagnosis.add(finding(error, subject.vaultFile))
        case .success(nil): if let finding = gone(subject) { diagnosis.add(finding) }
        case .success(let vault?):
            for finding in [weak(vault, subject), otherKey(vault, subject.vaultFile), unfinished(vault, subject)] {
                if let finding { diagnosis.add(finding) }
            }
        }
    }

    // MARK: - It would not open

    /// There is no vault, but the copy of one, which no command but `vault restore` reads.
    private static func gone(_ subject: Subject) -> Finding? {
        let file = subject.vaultFile
        guard case .success(let store) = subject.store, store?.kind != .libsecret, file.exteriorOfPrevious() != nil
        else { return nil }
        return Finding(
            goneCode, .broken, at: file.path, "the vault is gone, but the copy of its previous state is there",
            why: "no stored key can be read", .run("warder vault restore \(shellWord(file.previousPath))"))
    }

    static let goneCode = "vault_gone"

    private static func finding(_ error: VaultFileError, _ file: VaultFile) -> Finding {
        func broken(_ code: String, _ why: String, _ remedy: Remedy) -> Finding {
            Finding(code, .broken, at: file.path, Failure(error).message, why: why, remedy)
        }
        let accepting = Remedy.run("warder vault verify --accept-older")
        switch error {
        case .older:
            return broken(
                "vault_older", "warder refuses an old copy until you confirm that you put it there yourself",
                accepting)
        case .vault(.unknownVersion, _), .newerNote, .unknownGeneration(.newer, _):
            return broken("vault_newer", "this version of warder opens no stored key", .run("warder version"))
        case .unknownGeneration:
            return broken("vault_unseen", "warder cannot tell whether it is an old copy", accepting)
        case .vault:
            let isSound = file.exteriorOfPrevious() != nil
            return broken(
                "vault_damaged", "no stored key can be read",
                .run(isSound ? "warder vault restore \(shellWord(file.previousPath))" : looking(at: file)))
        case .absent, .exists, .lock, .file:
            return broken("vault_unreadable", "no stored key can be read", .run(looking(at: file)))
        }
    }

    private static func looking(at file: VaultFile) -> String {
        "ls -la \(shellWord(folder(ofPath: file.path) ?? file.path))"
    }

    // MARK: - It would

    private static func weak(_ vault: VaultFile.Exterior, _ subject: Subject) -> Finding? {
        let standard = subject.context.world.passphraseCost.logN
        guard let cost = vault.passphraseCost, cost < standard else { return nil }
        return Finding(
            "weak_scrypt", .risky, at: subject.vaultFile.path,
            "its passphrase uses scrypt cost 2^\(cost); the current default is 2^\(standard)",
            why: "an attacker with a copy of the vault can guess \(1 << (standard - cost)) times as fast",
            .run("warder vault passphrase"))
    }

    private static func otherKey(_ vault: VaultFile.Exterior, _ file: VaultFile) -> Finding? {
        guard let previous = file.exteriorOfPrevious(), previous.hasCertainlyOtherKey(than: vault) else { return nil }
        let isOfOtherVault = previous.header.identifier != vault.header.identifier
        return Finding(
            "copy_of_other_key", .risky, at: file.previousPath,
            isOfOtherVault
                ? "it is a copy of a different vault"
                : "it is a copy made before the vault's keys were renewed",
            why: isOfOtherVault
                ? "the next change of the vault replaces it, and it may be the only copy of its keys"
                : "an old passphrase may still open it, and the access keys in it",
            .run(
                isOfOtherVault
                    ? "mv -n \(shellWord(file.previousPath)) \(shellWord(file.previousPath + ".other"))"
                    : "rm \(shellWord(file.previousPath))"))
    }

    private static func unfinished(_ vault: VaultFile.Exterior, _ subject: Subject) -> Finding? {
        guard let renewal = (try? subject.vaultFile.unfinishedRenewal()) ?? nil,
            renewal.isBehind(vault.header.slots)
        else { return nil }
        return Finding(
            "unfinished_rekey", .risky, at: subject.vaultFile.path, "the renewal of its keys was interrupted",
            why: "copies and cached sessions from before are still there",
            .run("warder vault slots remove \(shellWord(renewal.word)) --rekey"))
    }
}
