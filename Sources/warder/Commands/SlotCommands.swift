import ArgumentParser
import Failures
import JSON
import Setup
import Stores
import Text
import Vault

struct VaultSlots: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "Shows, adds and removes the ways into the vault.",
        discussion: """
            A slot is one way to open the vault: a passphrase, a recovery code, the
            desktop's keyring (libsecret), a file (keyfile).

            examples:
              warder vault slots
              warder vault slots add libsecret
              warder vault slots add keyfile /etc/warder/key
              warder vault slots remove passphrase --rekey
            """,
        subcommands: [SlotsList.self, SlotsAdd.self, SlotsRemove.self], defaultSubcommand: SlotsList.self)
}

struct SlotsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Shows the slots; opens nothing.")

    @OptionGroup var common: CommonOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let slots = try Keys(common.context()).presentVault().slots()
        if json {
            let rows = slots.map {
                JSONValue.object([("type", .string($0.type.name)), ("identifier", .string($0.identifier))])
            }
            return try printOut(data: JSONValue.object([("slots", .array(rows))]).text() + "\n")
        }
        let rows = slots.enumerated().map { ["\($0.offset + 1)", $0.element.type.name, $0.element.identifier] }
        try printOut(table(["SLOT", "OPENS BY", "IDENTIFIER"], rows))
    }
}

struct SlotsAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a way into the vault.",
        discussion: """
            libsecret: the vault opens by itself where the desktop's keyring is
            unlocked. keyfile: it opens by itself where the file can be read; the
            file is made if it is not there. Name it in WARDER_KEYFILE, in the
            settings (keyfile = …), or give it to a systemd unit:
            LoadCredential=warder.keyfile:/etc/warder/key

            examples:
              warder vault slots add libsecret
              warder vault slots add keyfile /etc/warder/key
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "libsecret, keyfile, passphrase or recovery.")
    var kind: SlotKind
    @Argument(help: "The keyfile's path.", completion: .file())
    var path: String?

    func run() throws {
        let keys = try Keys(common.context())
        let vault = try keys.presentVault()
        guard (kind == .keyfile) == (path != nil) else {
            throw Failure(
                .usage, kind == .keyfile ? "the keyfile's path is missing" : "\(kind.rawValue) takes no path",
                hint: "warder vault slots add keyfile PATH")
        }
        switch kind {
        case .libsecret: try vault.addDesktopSlot()
        case .keyfile: try vault.addKeyfileSlot(path ?? "")
        case .passphrase, .recovery:
            guard try !vault.slots().contains(where: { $0.type == kind.type }) else {
                throw Failure(
                    .usage, "the vault has a \(kind.rawValue) slot already",
                    hint: "to change it: warder vault \(kind.rawValue)")
            }
            switch kind {
            case .recovery: try vault.renewRecoveryCode()
            default: try vault.changePassphrase(recoveryCode: nil)
            }
        }
        try keys.settle()
        note("added a \(kind.rawValue) slot")
    }
}

struct SlotsRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a way into the vault; the last one stays.",
        discussion: """
            Whoever could open the vault by the slot may have kept its key. With
            --rekey the vault is encrypted under a new key, and an old copy is of no
            use for what is stored from then on: the slots that stay are made anew,
            for which their passphrase or keyfile is needed, and there is a new
            recovery code.

            Where the desktop's keyring would be the only way that is left, you are
            asked first: with the keyring, the vault would be lost.

            examples:
              warder vault slots remove 3
              warder vault slots remove libsecret --rekey
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The slot's number, type or identifier.")
    var slot: String
    @Flag(help: "Encrypt the vault under a new key.")
    var rekey = false
    @Flag(help: "Do not ask whether you are sure.")
    var yes = false

    func run() throws {
        let keys = try Keys(common.context())
        let vault = try keys.presentVault()
        if rekey, let unfinished = try vault.unfinishedRenewal() {
            try vault.finish(unfinished)
            // The same command once more: by now its word may mean another slot.
            if unfinished.word == slot { return try finish(keys, vault) }
            try vault.forgetRenewal()
        }
        let slots = try vault.slots()
        let chosen = try chosen(of: slots)
        let staying = slots.filter { $0 != chosen }
        if !yes, !staying.isEmpty, staying.allSatisfy({ $0.type == .libsecret }) { try askFirst(keys.context) }
        if rekey {
            try vault.renewKeys(without: chosen, calledBy: slot)
        } else {
            try vault.removeSlot(chosen)
        }
        try keys.settle()
        let more = rekey ? "; the vault has a new key, and cached sessions are gone" : ""
        note("removed the \(chosen.type.name) slot\(more)")
        if rekey { try vault.forgetRenewal() }
    }

    /// The keys were renewed, and the process was ended: the recovery code may have reached nobody.
    private func finish(_ keys: Keys, _ vault: VaultStore) throws(Failure) {
        if try vault.slots().contains(where: { $0.type == .recovery }) { try vault.renewRecoveryCode() }
        try keys.settle()
        note("the slot \(slot) had been removed already, and the rest is done now: the vault has a new key")
        try vault.forgetRenewal()
    }

    /// A keyring that is reset, or the password of which is forgotten, would take the vault with it.
    private func askFirst(_ context: Context) throws(Failure) {
        let question = "only the desktop's keyring will open the vault then, and it is lost with that; remove the slot?"
        guard try context.confirm(question, otherwise: false, unasked: false) else {
            throw Failure(
                .promptNeeded, "the slot is kept: only the desktop's keyring would open the vault without it",
                hint: "give it a recovery code first: warder vault slots add recovery; or say --yes")
        }
    }

    private func chosen(of slots: [SlotSummary]) throws(Failure) -> SlotSummary {
        if let number = Int(slot), slots.indices.contains(number - 1) { return slots[number - 1] }
        let fitting = slots.filter { $0.type.name == slot || ($0.identifier == slot && !slot.isEmpty) }
        switch fitting.count {
        case 1: return fitting[0]
        case 0: throw Failure(.notFound, "the vault has no slot \(slot)", hint: "see warder vault slots")
        default:
            throw Failure(
                .usage, "the vault has \(fitting.count) \(slot) slots", hint: "give a number: see warder vault slots")
        }
    }
}

/// The slots that can be added.
enum SlotKind: String, ExpressibleByArgument, CaseIterable {
    case libsecret, keyfile, passphrase, recovery

    var type: SlotType {
        switch self {
        case .libsecret: .libsecret
        case .keyfile: .keyfile
        case .passphrase: .passphrase
        case .recovery: .recovery
        }
    }
}
