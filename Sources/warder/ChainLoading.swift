import Chains
import Linux
import Profiles
import Prompt
import Secrets
import Sessions

/// Makes a chain of a profile, from the files and from what is known of the keys.
struct ChainLoading {
    private let context: Context
    private let keys: Keys
    private let loading: ProfileLoading

    init(_ context: Context, _ keys: Keys) {
        self.context = context
        self.keys = keys
        loading = ProfileLoading(context)
    }

    /// The chain of a profile, its policy files read.
    func chain(_ name: String) throws(Failure) -> Chain {
        let profiles = try loading.profiles()
        var chain: Chain
        var failure: Failure?
        do throws(ChainError) {
            chain = try Chain.resolve(name, in: profiles) { key in
                do throws(Failure) { return try isStoredKey(key, profiles) } catch {
                    failure = error
                    return false
                }
            }
        } catch { throw failure ?? Failure(error) }
        for index in chain.roles.indices {
            guard case .file(let path) = chain.roles[index].policy else { continue }
            chain.roles[index].policy = .json(try policy(path))
        }
        return chain
    }

    /// Whether the vault has a key of this name. While it is locked, a profile that says nothing else is taken for a
    /// key; for a name that stands nowhere the vault is opened, if its passphrase can be had.
    private func isStoredKey(_ name: String, _ profiles: ProfileSet) throws(Failure) -> Bool {
        guard try keys.unlockedState() != nil else { return false }
        if let index = try keys.index() { return index.contains { $0.name == name } }
        if profiles.profile(name) != nil { return true }
        let source = PassphraseSource.current(mayPrompt: context.mayPrompt)
        guard context.canAsk || source.isUnattended(in: context.environment) else { return false }
        try keys.open()
        return try keys.holds(name)
    }

    /// What a policy file holds: what STS is asked with, and part of the cached session's identity.
    private func policy(_ setting: Setting) throws(Failure) -> Setting {
        let path = expanded(setting.value)
        let text: SecretBytes
        do throws(FileError) { text = try readFile(path, limit: 64 * 1024) } catch {
            throw Failure(
                .badConfig, "\(setting.origin.path):\(setting.origin.line): the policy file \(path) cannot be read",
                hint: "check that it is there: ls -l \(path)")
        }
        let policy = text.text(0..<text.count)
        guard policy.count <= 2048 else {
            throw Failure(
                .badConfig, "the policy file \(path) has \(policy.count) characters, and STS takes 2048",
                hint: "take white space out, or name a managed policy with policy_arns")
        }
        return Setting(value: policy, origin: setting.origin)
    }

    /// `~/` is the home folder; any other relative path is the present folder's.
    private func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = context.environment.nonEmpty("HOME") else { return path }
        return home + path.dropFirst()
    }
}
