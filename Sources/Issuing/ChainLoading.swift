import Chains
import Failures
import Linux
import Profiles
import Secrets
import Sessions
import Setup
import Stores
import Text
import Vault

/// Builds a profile's chain from the files and the known keys.
package struct ChainLoading {
    private let context: Context
    private let keys: Keys
    private let loading: ProfileLoading

    package init(_ context: Context, _ keys: Keys) {
        self.context = context
        self.keys = keys
        loading = ProfileLoading(context)
    }

    /// The names of all profiles, in the order of the files.
    package func profileNames() throws(Failure) -> [String] { try loading.profiles().profileNames }

    /// The chain of a profile, with its policy files read.
    package func chain(_ name: String) throws(Failure) -> Chain {
        let longest = try context.longestSession()
        let profiles = try loading.profiles()
        var chain: Chain
        var failure: Failure?
        do throws(ChainError) {
            let tokenFile = context.environment.nonEmpty("AWS_WEB_IDENTITY_TOKEN_FILE")
            chain = try Chain.resolve(
                name, in: profiles, webIdentityTokenFile: tokenFile, longest: longest,
                environment: { context.environment[$0] }
            ) { key in
                do throws(Failure) { return try isStoredKey(key, profiles, isAskedFor: key == name) } catch {
                    failure = error
                    return false
                }
            }
        } catch {
            var failure = failure ?? Failure(error)
            if case .noSuchProfile = error { failure = failure.lookedIn(context) }
            let isUnknown = failure.code == .notFound || failure.code == .locked
            guard isUnknown, failure.cause != .passedOver, profiles.profile(name) == nil else { throw failure }
            throw failure.suggesting(nearest(to: name, among: profiles.profileNames + known()))
        }
        for index in chain.roles.indices {
            guard case .file(let path) = chain.roles[index].policy else { continue }
            chain.roles[index].policy = .json(try policy(path))
        }
        return chain
    }

    /// The keys that are known without a prompt.
    private func known() -> [String] { ((try? keys.index()) ?? nil)?.map(\.name) ?? [] }

    /// Whether the store has a key of this name. While the store is locked, a profile that sets nothing else counts as
    /// a key; for a name that no file has, the store is opened if possible.
    private func isStoredKey(_ name: String, _ profiles: ProfileSet, isAskedFor: Bool) throws(Failure) -> Bool {
        guard let store = try keys.store() else { return false }
        if let index = try keys.index() {
            if index.contains(where: { $0.name.isSame(as: name) }) { return true }
            if store.isListExact { return false }
        } else if profiles.profile(name) != nil {
            return true
        }
        guard KeyName(name) != nil else { return false }
        let opensUnasked = try store.opensUnasked()
        guard opensUnasked || context.canAsk else {
            guard isAskedFor else { return false }
            throw Failure(
                .locked,
                "there is no profile named \(name), and the \(store.kind.spoken), which may have such a key, is locked",
                hint: "run warder unlock in a terminal, or warder list")
        }
        return try keys.holds(name)
    }

    /// The content of a policy file: it is sent to STS, and it is part of the cached session's identity.
    private func policy(_ setting: Setting) throws(Failure) -> Setting {
        let path = context.expanded(setting.value)
        let text: SecretBytes
        do throws(FileError) { text = try context.read(path, limit: 64 * 1024) } catch {
            throw Failure(
                .badConfig, "\(setting.origin.place): the policy file \(path) cannot be read",
                hint: "check that it is there: ls -l \(shellWord(path))")
        }
        let policy = text.text(0..<text.count)
        guard policy.count <= 2048 else {
            throw Failure(
                .badConfig, "the policy file \(path) has \(policy.count) characters, and STS takes 2048",
                hint: "take white space out, or name a managed policy with policy_arns")
        }
        return Setting(value: policy, origin: setting.origin)
    }
}

extension Context {
    /// How long a session lives at most by the machine's rules, and the line that says so; nil for any time.
    package func longestSession() throws(Failure) -> Seconds? {
        guard let rule = try policy().longestSession else { return nil }
        return Seconds(value: rule.value, origin: rule.line.origin)
    }
}
