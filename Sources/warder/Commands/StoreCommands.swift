import ArgumentParser
import Setup
import Stores

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Says where the keys are, and moves them.",
        discussion: """
            Keys live in the desktop's Secret Service (libsecret: GNOME Keyring,
            KeePassXC, KWallet) or in warder's own encrypted vault (file).

            examples:
              warder store
              warder store move --to file
            """,
        subcommands: [StoreShow.self, StoreMove.self], defaultSubcommand: StoreShow.self)
}

struct StoreShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Says where the keys are.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let context = try common.context()
        guard let store = try Keys(context).store() else {
            return note("no key is stored yet; warder add NAME chooses a store")
        }
        let place = store.path.map { " " + $0 } ?? ""
        try printOut("\(store.kind.rawValue)\(place)\n")
    }
}

struct StoreMove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Moves all keys to the other store.",
        discussion: """
            Copies each key, reads it back, and removes the old ones last. If it is
            interrupted, run it again: no key is lost. Cached sessions stay.

            examples:
              warder store move --to libsecret
              warder store move --to file
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "libsecret or file.")
    var to: StoreKind

    func run() throws {
        try StoreMoving(Keys(common.context())).move(to: to)
    }
}
