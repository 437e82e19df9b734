import Adding
import ArgumentParser
import Crypto
import Failures
import Linux
import Prompt
import Secrets
import Setup
import Stores
import Vault

struct VaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault", abstract: "The vault's own upkeep.",
        subcommands: [
            VaultInit.self, VaultPassphrase.self, VaultRecovery.self, VaultSlots.self, VaultVerify.self,
            VaultBackup.self, VaultRestore.self,
        ])
}

struct VaultInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes a vault, and prints its recovery code.",
        discussion: """
            Asks for a passphrase twice. The recovery code alone goes to standard
            output.

            example: warder vault init
            """)

    @OptionGroup var common: CommonOptions
    @Flag(name: .customLong("no-recovery"), help: "Make no recovery code.")
    var noRecovery = false

    func run() throws {
        let keys = try Keys(common.context())
        try keys.vaultStore().create(recovery: noRecovery ? .none : .printed)
        try keys.settle()
    }
}

struct VaultPassphrase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase", abstract: "Changes the vault's passphrase.",
        discussion: """
            The new one is asked for twice, or comes from WARDER_NEW_PASSPHRASE_FD,
            WARDER_NEW_PASSPHRASE_COMMAND or WARDER_NEW_PASSPHRASE.

            An old copy of the vault still opens with the old passphrase. If that
            one is known to somebody else, replace the access keys too.

            examples:
              warder vault passphrase
              warder vault passphrase --recovery
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Open the vault with its recovery code in place of the passphrase.")
    var recovery = false
    @Flag(help: "Read the recovery code from standard input.")
    var stdin = false

    func run() throws {
        let context = try common.context()
        let keys = Keys(context)
        try keys.presentVault().changePassphrase(
            recoveryCode: try recoveryCode(context), stdin ? .unattended : .typed)
        try keys.settle()
        note("the passphrase is changed")
    }

    private func recoveryCode(_ context: Context) throws(Failure) -> SecretBytes? {
        guard recovery else {
            if stdin { throw Failure(.usage, "--stdin goes with --recovery", hint: "warder vault passphrase --help") }
            return nil
        }
        if stdin { return try readLines(1, of: "the recovery code") }
        guard context.mayPrompt else { throw Failure.notAllowed(wanting: "the recovery code") }
        do throws(TerminalError) {
            return try Terminal.open().ask("recovery code: ", hidden: true, limit: 128, until: Patience.deadline)
        } catch { throw Failure(error, askingFor: "the recovery code") }
    }
}

struct VaultRecovery: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery", abstract: "Makes a new recovery code, in place of the one before, and prints it.",
        discussion: "The code alone goes to standard output.\n\nexample: warder vault recovery")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let keys = try Keys(common.context())
        try keys.presentVault().renewRecoveryCode()
        try keys.settle()
    }
}

struct VaultVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Reads the whole vault and says what it holds.",
        discussion: "example: warder vault verify")

    @OptionGroup var common: CommonOptions
    @Flag(
        name: .customLong("accept-older"),
        help: "Take this vault as the current one, even if a newer generation was seen here before.")
    var acceptOlder = false

    func run() throws {
        let keys = try Keys(common.context())
        let vault = try keys.presentVault()
        if acceptOlder { try vault.acceptOlder() } else { try vault.open() }
        try keys.settle()
        let count = try vault.listing(noted: []).count
        let generation = try vault.head()?.generation ?? 0
        let slots = try vault.slots().map(\.type.name).joined(separator: ", ")
        try printOut(
            "vault \(vault.file.path): sound, generation \(generation), \(count) \(count == 1 ? "key" : "keys"), slots: \(slots)\n"
        )
    }
}

struct VaultBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copies the vault, encrypted as it is, to a new file.",
        discussion:
            "The copy opens with the passphrase and the recovery code of today.\n\nexample: warder vault backup /media/stick/warder-vault"
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The file to make; it must not exist.", completion: .file())
    var file: String

    func run() throws {
        let vault = try Keys(common.context()).presentVault()
        let path = vault.file.path
        let copy = try vault.copyOfFile()
        do throws(SystemError) {
            try writeNewFile(copy, to: file)
        } catch { throw Failure(error, "the backup") }
        note("copied \(path) to \(file)")
    }
}

struct VaultRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts a copy in the vault's place; what was there is kept as vault.replaced.",
        discussion:
            "Asks for the passphrase of the copy. Cached sessions are dropped.\n\nexample: warder vault restore /media/stick/warder-vault"
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "A file made by warder vault backup.", completion: .file())
    var file: String

    func run() throws {
        let keys = try Keys(common.context())
        let backup: SecretBytes
        do throws(FileError) { backup = try readFile(file, limit: VaultHeader.maximumFileSize) } catch {
            throw Failure(error, "the backup")
        }
        let vault = try keys.vaultStore()
        try vault.restore(backup)
        try keys.settle()
        try keys.forgetAllSessions()
        note("restored \(vault.file.path) from \(file)")
    }
}
