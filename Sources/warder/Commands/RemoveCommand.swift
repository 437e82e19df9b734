import Arguments
import Failures
import Profiles
import Setup
import Stores
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
        let identifiers = try identifiers(keyName, keys)
        try keys.forgetSessions(ofKey: name)
        do throws(Failure) { try keys.remove(keyName) } catch {
            throw error.code == .notFound ? absent.failure : error
        }
        try keys.forgetSessions(ofKey: name)
        note("deleted the key \(name) and its sessions")
        reportRemaining(identifiers, context)
    }

    /// The ids that the key has at AWS; none if the key is too damaged to read, which is a reason to delete it.
    private func identifiers(_ name: KeyName, _ keys: Keys) throws(Failure) -> [String] {
        do throws(Failure) { return try keys.recordBefore(name)?.summary.keysAtAWS ?? [] } catch {
            if error.code == .damaged { return [] }
            throw error
        }
    }

    /// Reports the profiles that use the key, and that AWS still has it.
    private func reportRemaining(_ identifiers: [String], _ context: Context) {
        let profiles = try? ProfileLoading(context).profiles().indexed()
        let places = profiles?.profileNames.compactMap { profiles?.profile($0)?.place(ofKey: name) } ?? []
        for place in places.prefix(8) {
            note("\(place) still uses this key: delete the profile, or name another key in it")
        }
        if places.count > 8 { note("and so do \(places.count - 8) more profiles") }
        for identifier in identifiers {
            note("at AWS the key \(identifier) goes on working until it is deleted there")
            printMessage("hint: aws iam delete-access-key --access-key-id \(identifier) (needs permission to do that)")
        }
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
