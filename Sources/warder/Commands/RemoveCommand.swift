import ArgumentParser
import Text
import Vault

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deletes a stored key, and every session that came from it.",
        discussion: """
            The key goes on working at AWS: delete it there too. Profiles that
            name it stay in ~/.aws/config. A vault of before is kept as vault.bak
            until the next change.

            example: warder remove alice
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Do not ask whether you are sure.")
    var yes = false
    @Argument(help: "The key's name.")
    var name: String

    func run() throws {
        let context = try common.context()
        let keys = Keys(context)
        guard let keyName = KeyName(name) else { throw Failure.noSuchKey(name) }
        if try keys.store()?.kind == .file, let index = try keys.index(), !index.contains(where: { $0.name == name }) {
            throw Failure.noSuchKey(name).suggesting(nearest(to: name, among: index.map { $0.name }))
        }
        let isSure = try yes || context.confirm("delete the key \(name)?", otherwise: false, unasked: false)
        guard isSure else {
            throw Failure(.promptNeeded, "the key \(name) is kept", hint: "say yes, or give --yes")
        }
        try keys.forgetSessions(ofKey: name)
        try keys.remove(keyName)
        try keys.forgetSessions(ofKey: name)
        note("deleted the key \(name) and its sessions")
    }
}
