import Arguments
import Failures
import Setup
import Stores

struct StoreCommand: Command {
    static let name = "store"
    static var description: CommandDescription {
        CommandDescription(
            "Says where the keys are, and moves them.",
            """
            Keys live in the desktop's Secret Service (libsecret: GNOME Keyring,
            KeePassXC, KWallet) or in warder's own encrypted vault (file).

            examples:
              warder store
              warder store move --to file
            """,
            groups: [CommandGroup("commands", [StoreShow.self, StoreMove.self])], usual: StoreShow.self)
    }

    let given: Given

    /// The parser takes one of its commands in its place.
    func run() throws { try StoreShow(given: given).run() }
}

struct StoreShow: Command {
    static let name = "show"
    static var description: CommandDescription {
        CommandDescription(
            "Says where the keys are.",
            "example: warder store",
            [Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        guard let store = try Keys(context).store() else {
            return note("no key is stored yet; warder add NAME chooses a store")
        }
        let place = store.path.map { " " + $0 } ?? ""
        try printOut("\(store.kind.rawValue)\(place)\n")
    }
}

struct StoreMove: Command {
    static let name = "move"
    static let to = RequiredOption(
        "to", .words(StoreKind.allCases.map(\.rawValue)), "libsecret or file.", placeholder: "store")
    static var description: CommandDescription {
        CommandDescription(
            "Moves all keys to the other store.",
            """
            Copies each key, reads it back, and removes the old ones last. If it is
            interrupted, run it again: no key is lost. Cached sessions stay.

            examples:
              warder store move --to libsecret
              warder store move --to file
            """,
            [to, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        guard let kind = StoreKind(rawValue: given[Self.to]) else { return }
        try StoreMoving(Keys(given.context())).move(to: kind)
    }
}
