import Adding
import Arguments
import Crypto
import Failures
import Linux
import Prompt
import Secrets
import Setup
import Stores
import Vault

struct VaultCommand: Command {
    static let name = "vault"
    static var description: CommandDescription {
        CommandDescription(
            "Maintains the vault: passphrase, slots, backups.",
            groups: [
                CommandGroup(
                    "commands",
                    [
                        VaultInit.self, VaultPassphrase.self, VaultRecovery.self, VaultSlots.self, VaultVerify.self,
                        VaultBackup.self, VaultRestore.self,
                    ])
            ])
    }

    let given: Given

    /// The parser takes one of its commands in its place.
    func run() throws { try printOut(data: help([Warder.self, Self.self])) }
}

struct VaultInit: Command {
    static let name = "init"
    static let noRecovery = Flag("no-recovery", "Make no recovery code.")
    static var description: CommandDescription {
        CommandDescription(
            "Makes a vault, and prints its recovery code.",
            """
            Asks for a passphrase twice. The recovery code alone goes to standard
            output.

            example: warder vault init
            """,
            [noRecovery, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let keys = try Keys(given.context())
        try keys.vaultStore().create(recovery: given[Self.noRecovery] ? .none : .printed)
        try keys.settle()
    }
}

struct VaultPassphrase: Command {
    static let name = "passphrase"
    static let recovery = Flag("recovery", "Open the vault with its recovery code in place of the passphrase.")
    static let stdin = Flag("stdin", "Read the recovery code from standard input.")
    static var description: CommandDescription {
        CommandDescription(
            "Changes the vault's passphrase.",
            """
            The new one is asked for twice, or comes from WARDER_NEW_PASSPHRASE_FD,
            WARDER_NEW_PASSPHRASE_COMMAND or WARDER_NEW_PASSPHRASE.

            An old copy of the vault still opens with the old passphrase. If someone
            else knows it, replace the access keys too.

            examples:
              warder vault passphrase
              warder vault passphrase --recovery
            """,
            [recovery, stdin, Shared.noPrompt])
    }

    let given: Given
    private var stdin: Bool { given[Self.stdin] }

    func run() throws {
        let context = try given.context()
        let keys = Keys(context)
        try keys.presentVault().changePassphrase(
            recoveryCode: try recoveryCode(context), stdin ? .unattended : .typed)
        try keys.settle()
        note("the passphrase is changed")
    }

    private func recoveryCode(_ context: Context) throws(Failure) -> SecretBytes? {
        guard given[Self.recovery] else {
            if stdin { throw Failure(.usage, "--stdin goes with --recovery", hint: "warder vault passphrase --help") }
            return nil
        }
        if stdin { return try readLines(1, of: "the recovery code") }
        guard context.mayPrompt else { throw Failure.notAllowed(wanting: "the recovery code") }
        do throws(TerminalError) {
            return try Terminal.open().ask("recovery code: ", hidden: true, limit: 128, until: PromptTimeout.deadline)
        } catch { throw Failure(error, askingFor: "the recovery code") }
    }
}

struct VaultRecovery: Command {
    static let name = "recovery"
    static var description: CommandDescription {
        CommandDescription(
            "Makes a new recovery code, in place of the one before, and prints it.",
            "The code alone goes to standard output.\n\nexample: warder vault recovery",
            [Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let keys = try Keys(given.context())
        try keys.presentVault().renewRecoveryCode()
        try keys.settle()
    }
}

struct VaultVerify: Command {
    static let name = "verify"
    static let acceptOlder = Flag(
        "accept-older", "Take this vault as the current one, even if a newer generation was seen here before.")
    static var description: CommandDescription {
        CommandDescription(
            "Reads the whole vault and says what it holds.",
            "example: warder vault verify",
            [acceptOlder, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let keys = try Keys(given.context())
        let vault = try keys.presentVault()
        if given[Self.acceptOlder] { try vault.acceptOlder() } else { try vault.open() }
        try keys.settle()
        let count = try vault.listing(noted: []).count
        let generation = try vault.head()?.generation ?? 0
        let slots = try vault.slots().map(\.type.name).joined(separator: ", ")
        try printOut(
            "vault \(vault.file.path): sound, generation \(generation), \(count) \(count == 1 ? "key" : "keys"), slots: \(slots)\n"
        )
    }
}

struct VaultBackup: Command {
    static let name = "backup"
    static let copy = Operand("file", .file, "The file to make; it must not exist.")
    static var description: CommandDescription {
        CommandDescription(
            "Copies the vault, encrypted as it is, to a new file.",
            "The copy opens with the passphrase and the recovery code of today.\n\nexample: warder vault backup /media/stick/warder-vault",
            [copy, Shared.noPrompt])
    }

    let given: Given
    private var file: String { given[Self.copy] }

    func run() throws {
        let vault = try Keys(given.context()).presentVault()
        let path = vault.file.path
        let copy = try vault.copyOfFile()
        do throws(SystemError) {
            try writeNewFile(copy, to: file)
        } catch { throw Failure(error, "the backup") }
        note("copied \(path) to \(file)")
    }
}

struct VaultRestore: Command {
    static let name = "restore"
    static let copy = Operand("file", .file, "A file made by warder vault backup.")
    static var description: CommandDescription {
        CommandDescription(
            "Puts a copy in the vault's place; what was there is kept as vault.replaced.",
            "Asks for the passphrase of the copy. Cached sessions are dropped.\n\nexample: warder vault restore /media/stick/warder-vault",
            [copy, Shared.noPrompt])
    }

    let given: Given
    private var file: String { given[Self.copy] }

    func run() throws {
        let keys = try Keys(given.context())
        let backup: SecretBytes
        do throws(FileError) { backup = try readFile(file, limit: VaultHeader.maximumFileSize) } catch {
            throw Failure(error, "the backup")
        }
        let vault = try keys.vaultToReplace()
        try vault.restore(backup, from: file)
        try keys.settle()
        try keys.forgetAllSessions()
        note("restored \(vault.file.path) from \(file)")
    }
}
