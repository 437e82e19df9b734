import Text
import Vault

// Errors of the vault, in the user's words.

extension Failure {
    package static func noSuchKey(_ name: String) -> Failure {
        Failure(.notFound, "there is no key named \(name)", hint: "run warder list, or warder add \(shellWord(name))")
    }

    package init(_ error: VaultFileError) {
        switch error {
        case .absent(let path):
            self.init(.notFound, "there is no vault at \(path)", hint: "run warder add NAME: it makes one")
        case .exists(let path):
            self.init(
                .other, "there is a vault at \(path) already",
                hint: "add keys to it with warder add, or move it away to start over")
        case .file(let error): self.init(error, "the vault")
        case .lock(let error): self.init(error, "the vault")
        case .vault(let error, let path): self.init(error, path: path)
        case .unknownGeneration(let error, let path): self.init(error, path: path)
        case .newerNote(let path): self = .newer("\(path), the record of an unfinished --rekey")
        case .older(let generation, let seen, let path):
            self.init(
                .damaged, "the vault \(path) is of generation \(generation), and generation \(seen) was here before",
                hint: "if you put the old copy there yourself: warder vault verify --accept-older")
        }
    }

    package init(_ error: VaultError, path: String) {
        let mend = "restore a copy: warder vault restore \(shellWord(path + ".bak"))"
        switch error {
        case .notAVault: self.init(.damaged, "\(path) is not a vault", hint: mend)
        case .unknownVersion(let version):
            self = .newer("the vault \(path) (format version \(version))")
        case .truncated: self.init(.damaged, "the vault \(path) is cut short", hint: mend)
        case .damaged: self.init(.damaged, "the vault \(path) is damaged or was tampered with", hint: mend)
        case .tooLarge: self.init(.damaged, "the vault \(path) is larger than 16 MiB", hint: mend)
        case .unacceptableParameters(let logN):
            self.init(
                .damaged, "the vault \(path) asks for a scrypt cost of 2^\(logN), outside 2^15 to 2^20", hint: mend)
        case .wrongPassphrase:
            self.init(
                .locked, "wrong passphrase or code for \(path), or its slot is damaged",
                hint: "try again; if you forgot it: warder vault passphrase --recovery")
            scope = .waiting
        case .noSuchSlot(.passphrase):
            self.init(.damaged, "the vault \(path) has no passphrase slot", hint: mend)
        case .noSuchSlot(let type):
            self.init(
                .notFound, "the vault \(path) has no \(type.name) slot",
                hint: "see what opens it: warder vault slots")
        case .noSuchSlotIdentifier(let identifier):
            self.init(
                .notFound, "the vault \(path) has no slot \(identifier)", hint: "see warder vault slots")
        case .unusableKey(let size):
            self.init(
                .damaged, "a key that must have 32 bytes has \(size)",
                hint: "see what changed it in the Secret Service")
        case .unusableKeyfile(let size):
            self.init(
                .usage, "a keyfile has 32 to 8192 bytes, and this one has \(size)",
                hint: "let warder make one: warder vault slots add keyfile PATH")
        case .malformedRecoveryCode:
            self.init(
                .locked, "that is not a recovery code", hint: "it has 32 letters and digits, in eight groups of four")
        case .emptyPassphrase: self.init(.usage, "the passphrase is empty", hint: "choose one that is not")
        case .noSlots:
            self.init(.usage, "the last slot of a vault cannot be removed", hint: "add another one first")
        case .tooManySlots:
            self.init(.other, "the vault \(path) has eight slots, as many as there can be", hint: "remove one first")
        case .lastGeneration:
            self.init(.other, "the vault \(path) cannot be written any more often", hint: "make a new one")
        case .nameTaken(let name):
            self.init(
                .other, "there is a key named \(name) already",
                hint: "warder add --replace \(shellWord(name.text)), or choose another name")
        case .noSuchKey(let name): self = .noSuchKey(name.text)
        case .crypto(let error): self.init(error)
        }
    }
}
