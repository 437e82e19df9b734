import Crypto
import Desktop
import Failures
import Linux
import Serving
import Sessions
import Shells
import Vault

/// What goes wrong with stores, with what is cached, and on the way out.
func storeTables(_ o: String) -> [Table] {
    let path = "/v/" + o
    let system = SystemError(call: "open", path: path, code: 5)
    return [
        Table(vaultErrors(o)) { Failure($0, path: path) }, Table(vaultFileErrors(path)) { Failure($0) },
        Table([.file(.notAFile(path: path)), .garbled(path: path), .newer(path: path)] as [SeenGenerationError]) {
            Failure($0, path: path)
        },
        Table(secretServiceErrors(o)) { Failure($0) },
        Table([.noLibrary, .noBus, .noLogin, .disconnected] as [LoginWatchError]) { Failure($0) },
        Table([.refused("EVP_CIPHER_fetch"), .notAuthentic, .malformedKey] as [CryptoError]) { Failure($0) },
        Table(
            [.file(.system(system)), .busy, .noLocks(path: path), .crypto(.notAuthentic)] as [SessionCacheError]
        ) { Failure($0) }, Table(unlockedStateErrors(o)) { Failure($0) },
        Table([.unavailable, .full, .refused(code: 5)] as [KeyringError]) { Failure(UnlockedStateError.keyring($0)) },
        Table("lock", unlockedStateErrors(o).map { (caseName($0), Failure.notLocked($0)) }),
        Table([.listening(system), .waiting(system)] as [ServingError]) { Failure($0) },
        Table(shellErrors()) { Failure($0) },
    ]
}

private func vaultErrors(_ o: String) -> [VaultError] {
    var names: [KeyName] = []
    if let name = KeyName("alice") { names.append(name) }
    return [
        .notAVault, .unknownVersion(7), .truncated, .damaged, .tooLarge, .unacceptableParameters(logN: 21),
        .wrongPassphrase, .noSuchSlot(.passphrase), .noSuchSlot(.keyfile), .noSuchSlot(SlotType(rawValue: 9)),
        .noSuchSlotIdentifier(o), .unusableKey(size: 16), .unusableKeyfile(size: 8), .malformedRecoveryCode,
        .emptyPassphrase, .noSlots, .tooManySlots, .lastGeneration,
    ] + names.map { .nameTaken($0) } + names.map { .noSuchKey($0) } + [.crypto(.notAuthentic)]
}

private func vaultFileErrors(_ path: String) -> [VaultFileError] {
    [
        .absent(path: path), .exists(path: path), .file(.exposed(path: path, mode: 0o644)),
        .lock(.timedOut(path: path)), .vault(.truncated, path: path), .older(generation: 3, seen: 5, path: path),
        .unknownGeneration(.garbled(path: path), path: path), .newerNote(path: path),
    ]
}

private func secretServiceErrors(_ o: String) -> [SecretServiceError] {
    [
        .noLibrary, .unloadable(reason: "cannot map \(o)"), .noBus, .noService, .noCollection, .locked, .dismissed,
        .timedOut, .disconnected, .refused(reason: "No \(o)."), .malformed,
    ]
}

private func unlockedStateErrors(_ o: String) -> [UnlockedStateError] {
    [
        .noPlace(runtimeFolder: nil), .noPlace(runtimeFolder: "/v/" + o), .keyring(.full), .keyring(.unavailable),
        .keyring(.refused(code: 5)), .file(.foreign(path: "/v/" + o, owner: 1001)), .lockedMeanwhile,
    ]
}

private func shellErrors() -> [ShellError] {
    [.controlCharacter(variable: "AWS_REGION"), .notUnicode(variable: "AWS_REGION")]
        + ["posix", "fish", "nu", "pwsh", "dotenv", "json", "systemd", "github"].map {
            .unreadable(variable: "AWS_REGION", format: $0)
        }
}
