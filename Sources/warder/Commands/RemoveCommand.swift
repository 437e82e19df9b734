import Arguments
import Failures
import Profiles
import Setup
import Stores
import Text
import Vault

struct Remove: Command {
    static let name = "remove"
    static let key = Operand("name", .key, "The key's name.")
    static let yes = Flag("yes", "Do not ask whether you are sure.")
    static var description: CommandDescription {
        CommandDescription(
            "Deletes a stored key, and every session that came from it.",
            """
            The key goes on working at AWS: delete it there too. Profiles that
            name it stay in ~/.aws/config, and are listed. The previous vault is
            kept as vault.bak until the next change.

            example: warder remove alice
            """,
            [key, yes, Shared.noPrompt])
    }

    let given: Given
    private var name: String { given[Self.key] }

    func run() throws {
        let context = try given.context()
        let keys = Keys(context)
        let absent = MissingKey(context: context, keys: keys, name: name)
        guard let keyName = KeyName(name), let store = try keys.store() else { throw absent.failure }
        if store.isListExact, let index = try keys.index(), !index.contains(where: { $0.name == name }) {
            throw absent.failure
        }
        let isSure = try given[Self.yes] || context.confirm("delete the key \(name)?", otherwise: false, unasked: false)
        guard isSure else {
            throw Failure(.promptNeeded, "the key \(name) is kept", hint: "say yes, or give --yes")
        }
        let left = try KeysLeft(of: keyName, in: keys)
        if left.mayHaveUnknown, !given[Self.yes] { try refuseUnfinished(context) }
        try keys.forgetSessions(ofKey: name)
        do throws(Failure) { try keys.remove(keyName) } catch {
            throw error.code == .notFound ? absent.failure : error
        }
        try keys.forgetSessions(ofKey: name)
        note("deleted the key \(name) and its sessions")
        reportProfiles(context)
        left.report(on: context.console)
    }

    /// Only with the key can an interrupted rotation find what it may have made.
    private func refuseUnfinished(_ context: Context) throws(Failure) {
        note("the rotation of \(name) was interrupted, and only warder rotate can find a key that it may have made")
        guard try context.confirm("delete \(name) all the same?", otherwise: false, unasked: false) else {
            throw Failure(.promptNeeded, "the key \(name) is kept", hint: "first: warder rotate \(shellWord(name))")
        }
    }

    /// Reports the profiles that use the key.
    private func reportProfiles(_ context: Context) {
        let profiles = try? ProfileLoading(context).profiles().indexed()
        let places = profiles?.profileNames.compactMap { profiles?.profile($0)?.place(ofKey: name) } ?? []
        for place in places.prefix(8) {
            note("\(place) still uses this key: delete the profile, or name another key in it")
        }
        if places.count > 8 { note("and so do \(places.count - 8) more profiles") }
    }
}

extension Profile {
    /// The line that makes the profile begin with the stored key `name`; nil if no line does.
    fileprivate func place(ofKey name: String) -> String? {
        guard let key = try? own("key") else {
            guard self.name == name, (try? asksWarder()) == true, origin(of: "warder_role_arn") == nil else {
                return nil
            }
            return "the profile \(self.name) (\(origin.place))"
        }
        return key.value == name ? "the profile \(self.name) (\(key.origin.place))" : nil
    }
}
