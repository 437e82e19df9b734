import Arguments
import Failures
import JSON
import Setup
import Stores
import Text
import Vault

struct VaultSlots: Command {
    static let name = "slots"
    static var description: CommandDescription {
        CommandDescription(
            "Shows, adds and removes the ways into the vault.",
            ways.wrapped
                + """


                examples:
                  warder vault slots
                  warder vault slots add libsecret
                  warder vault slots add keyfile /etc/warder/key
                  warder vault slots remove passphrase --rekey
                """,
            groups: [CommandGroup("commands", [SlotsList.self, SlotsAdd.self, SlotsRemove.self])], usual: SlotsList.self
        )
    }

    let given: Given

    /// The parser takes one of its commands in its place.
    func run() throws { try SlotsList(given: given).run() }

    private static var ways: String {
        let all = SlotTypes.attended + SlotTypes.unattended
        return "A slot is one way to open the vault: \(all.map(\.spoken).joined(separator: ", "))."
    }
}

struct SlotsList: Command {
    static let name = "list"
    static var description: CommandDescription {
        CommandDescription(
            "Shows the slots; opens nothing.",
            "example: warder vault slots --json",
            [Shared.json, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let slots = try Keys(given.context()).presentVault().slots()
        if given[Shared.json] {
            let rows = slots.map {
                JSONValue.object([("type", .string($0.type.name)), ("identifier", .string($0.identifier))])
            }
            return try printOut(data: JSONValue.object([("slots", .array(rows))]).text() + "\n")
        }
        let rows = slots.enumerated().map { ["\($0.offset + 1)", $0.element.type.name, $0.element.identifier] }
        try printOut(table(["SLOT", "OPENS BY", "IDENTIFIER"], rows))
    }
}

struct SlotsAdd: Command {
    static let name = "add"
    static let kind = Operand("kind", .words(SlotKind.all.map(\.type.name)), "\(kinds).")
    static let path = OptionalOperand("path", .file, arguments.map(\.help).joined(separator: " "))
    static var description: CommandDescription {
        CommandDescription(
            "Adds a way into the vault.",
            SlotTypes.unattended.compactMap(\.help).joined(separator: " ").wrapped
                + """


                examples:
                  warder vault slots add libsecret
                  warder vault slots add keyfile /etc/warder/key
                """,
            [kind, path, Shared.noPrompt])
    }

    let given: Given

    private static var kinds: String {
        alternatives(SlotKind.all.map(\.type.name))
    }
    private static var arguments: [SlotArgument] { SlotTypes.all.compactMap(\.argument) }

    func run() throws {
        let keys = try Keys(given.context())
        let vault = try keys.presentVault()
        let word = given[Self.kind]
        guard let handler = SlotKind.all.first(where: { $0.type.name == word }) else { return }
        let path = given[Self.path]
        try checkArgument(of: handler, path)
        try handler.add(path, to: vault)
        try keys.settle()
        note("added a \(handler.type.name) slot")
    }

    private func checkArgument(of handler: any SlotHandler, _ path: String?) throws(Failure) {
        guard (handler.argument != nil) != (path != nil) else { return }
        let taking = SlotTypes.all.first { $0.argument != nil }
        let example = handler.argument == nil ? taking : handler
        throw Failure(
            .usage, handler.argument.map { "\($0.spoken) is missing" } ?? "\(handler.type.name) takes no path",
            hint: "warder vault slots add \(example?.type.name ?? "") \(example?.argument?.placeholder ?? "")")
    }
}

struct SlotsRemove: Command {
    static let name = "remove"
    static let slot = Operand("slot", .text, "The slot's number, type or identifier.")
    static let rekey = Flag("rekey", "Encrypt the vault under a new key.")
    static let yes = Flag("yes", "Do not ask whether you are sure.")
    static var description: CommandDescription {
        CommandDescription(
            "Removes a way into the vault; the last one stays.",
            """
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
            """,
            [slot, rekey, yes, Shared.noPrompt])
    }

    let given: Given
    private var slot: String { given[Self.slot] }
    private var rekey: Bool { given[Self.rekey] }

    func run() throws {
        let keys = try Keys(given.context())
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
        if !given[Self.yes], let keeper = keeper(of: staying) { try askFirst(keys.context, keeper) }
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

    /// The keys were renewed, and the process was ended: the user may never have seen the recovery code.
    private func finish(_ keys: Keys, _ vault: VaultStore) throws(Failure) {
        let present = try vault.slots().map(\.type)
        for handler in SlotTypes.all where present.contains(handler.type) {
            try handler.finishInterruptedRenewal(of: vault)
        }
        try keys.settle()
        note("the slot \(slot) had been removed already, and the rest is done now: the vault has a new key")
        try vault.forgetRenewal()
    }

    /// What alone would open the vault then, and would take it along; nil where something stays with the user.
    private func keeper(of slots: [SlotSummary]) -> String? {
        var keepers: [String] = []
        for slot in slots {
            guard let keeper = slot.handler?.keeper else { return nil }
            if !keepers.contains(keeper) { keepers.append(keeper) }
        }
        return keepers.isEmpty ? nil : keepers.joined(separator: " and ")
    }

    /// A keyring that is reset, or the password of which is forgotten, would take the vault with it.
    private func askFirst(_ context: Context, _ keeper: String) throws(Failure) {
        let question = "only \(keeper) will open the vault then, and it is lost with that; remove the slot?"
        guard try context.confirm(question, otherwise: false, unasked: false) else {
            throw Failure(
                .promptNeeded, "the slot is kept: only \(keeper) would open the vault without it",
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

/// The slot types that can be added, in the order that help lists them.
private enum SlotKind { static let all = SlotTypes.unattended + SlotTypes.attended }

extension String {
    /// Its paragraphs in lines of at most 72 characters, as help has them.
    fileprivate var wrapped: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
            var lines = [""]
            for word in paragraph.split(separator: " ") {
                let line = lines[lines.count - 1]
                if line.isEmpty {
                    lines[lines.count - 1] = String(word)
                } else if line.count + 1 + word.count <= 72 {
                    lines[lines.count - 1] = line + " " + word
                } else {
                    lines.append(String(word))
                }
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
