import Chains
import Explaining
import Failures
import KeyInput
import Profiles
import Setup
import Text
import Vault

/// What `import --from aws-vault` will do.
package struct AWSVaultPlan {
    let context: Context
    let files: ProfileSet
    /// The names of aws-vault's keys that are imported.
    package let names: [String]
    /// The keys, unless they are only to be shown.
    let keys: [KeyToStore]
    private(set) var refused: [(name: String, failure: Failure)] = []
    /// Profiles whose command asks aws-vault, and what it asks for.
    private(set) var profiles: [(name: String, command: AWSVaultCommand)] = []
    private(set) var edits: [Edit] = []
    /// Names that a stored key has, now or afterwards.
    private let known: Set<String>
    /// The command line names some keys: profiles of others are none of its business.
    let isLimited: Bool
    /// What it was made of.
    private let given: (names: [String], pairs: [PlaintextPair], twins: StoredTwins)

    /// - Parameters:
    ///   - names: those of the keys to import.
    ///   - pairs: the keys themselves; empty if they are only to be shown.
    ///   - isLimited: the command line names them.
    ///   - excluded: keys to leave as they are, and why.
    init(
        _ context: Context, _ files: ProfileSet, names: [String], pairs: [PlaintextPair], isLimited: Bool,
        _ twins: StoredTwins, excluded: [(name: String, failure: Failure)] = []
    ) throws(Failure) {
        self.context = context
        self.files = files
        given = (names, pairs, twins)
        var (keys, taken): ([KeyToStore], [String]) = ([], [])
        var refused: [(name: String, failure: Failure)] = []
        let left = excluded.map(\.name)
        for name in names where name.begins(with: "-") || KeyName(name) == nil {
            refused.append((name, .unnamable(name)))
        }
        for pair in pairs where !left.contains(pair.profile) {
            guard let name = KeyName(pair.profile) else { continue }
            do throws(KeyInputError) { try checkForm(identifier: pair.accessKeyID, secret: pair.secret) } catch {
                refused.append((pair.profile, .malformed(error, pair)))
                continue
            }
            let isStored = try twins.names(of: pair).contains(name)
            if !isStored, twins.holds(name) {
                refused.append((pair.profile, .taken(pair)))
                taken.append(pair.profile)
            } else {
                keys.append(KeyToStore(name: name, pair: pair, isStored: isStored))
            }
        }
        let unusable = refused.map(\.name) + left
        self.names = names.filter { name in !unusable.contains(name) }
        self.keys = keys
        self.isLimited = isLimited
        self.refused = refused
        known = Set(self.names + twins.names.filter { !taken.contains($0) && !left.contains($0) })
        try compose()
        self.refused += excluded
    }

    /// The same without some keys: those stay in aws-vault, and profiles that ask for them go on asking it.
    ///
    /// - Parameter excluded: the names of the keys, and why.
    func without(_ excluded: [(name: String, failure: Failure)]) throws(Failure) -> AWSVaultPlan {
        try AWSVaultPlan(
            context, files, names: given.names, pairs: given.pairs, isLimited: isLimited, given.twins,
            excluded: excluded)
    }

    /// Makes the edits of the profiles that ask aws-vault; those that would not work are left out.
    private mutating func compose() throws(Failure) {
        profiles = files.profileNames.compactMap { name in
            guard let value = try? files.profile(name)?.plain("credential_process")?.value,
                let command = AWSVaultCommand(value)
            else { return nil }
            return (name, command)
        }
        while true {
            var failures: [(name: String, failure: Failure)] = []
            edits = []
            for (name, command) in profiles {
                do throws(Failure) { edits += try edits(of: name, command) } catch { failures.append((name, error)) }
            }
            edits = edits.inOrder
            if failures.isEmpty {
                let result = try result()
                for (name, _) in profiles {
                    do throws(Failure) { try check(name, in: result) } catch { failures.append((name, error)) }
                }
            }
            guard !failures.isEmpty else { return }
            if !isLimited { refused += failures }
            profiles.removeAll { profile in failures.contains { $0.name == profile.name } }
        }
    }

    private func edits(of name: String, _ command: AWSVaultCommand) throws(Failure) -> [Edit] {
        let asked = files.profile(command.profile)
        var settings: [(key: String, value: String)] = []
        if !command.profile.isSame(as: name), asked != nil {
            settings.append(("warder_include_profile", command.profile))
        }
        if let key = key(behind: command.profile, asked), !key.isSame(as: name) {
            settings.append(("warder_key", key))
        }
        if command.isWithoutSession { settings.append(("warder_session", "off")) }
        do throws(EditingError) {
            return try files.serving(name, program: context.ownPath, settings: settings, replaces: true)
        } catch { throw Failure(error) }
    }

    /// The key that aws-vault takes for a profile; nil if its source is another profile, which a role leads to.
    private func key(behind name: String, _ profile: Profile?) -> String? {
        let source = (try? profile?.setting("source_profile"))?.value
        let isRole = (try? profile?.setting("role_arn")) != nil
        if isRole, let source, !source.isSame(as: name) { return nil }
        if known.contains(name) { return name }
        // Without a role, too, aws-vault takes the key of the source.
        return source
    }

    private func result() throws(Failure) -> ProfileSet {
        guard let config = files.config else { return files }
        do throws(ProfileError) {
            return files.with(
                config: try ProfileFile(text: config.edited(edits), path: config.path, kind: .config))
        } catch { throw Failure(error) }
    }

    /// Fails if a profile would not get one of the keys from warder.
    private func check(_ name: String, in result: ProfileSet) throws(Failure) {
        let chain: Chain
        do throws(ChainError) {
            chain = try Chain.resolve(name, in: result, environment: { context.environment[$0] }) { _ in true }
        } catch { throw Failure(error) }
        guard case .storedKey(let key, _) = chain.source, known.contains(key) else {
            throw .notFromAWSVault(name, files)
        }
        do throws(ProfileError) {
            let obstacles = try SDKVerdict.lookup(context, result).obstacles(in: name)
            if obstacles.contains(where: { $0.scope == .all }) { throw ProfileError.homeUnknown }
        } catch { throw .notFromAWSVault(name, files) }
    }
}

extension Failure {
    fileprivate static func unnamable(_ name: String) -> Failure {
        Failure(
            .badConfig, "aws-vault's \(name) is not a name that a key can have",
            hint: "add it to aws-vault under another name: up to 128 letters, digits and . _ @ + = , : / % -")
    }

    fileprivate static func malformed(_ error: KeyInputError, _ pair: PlaintextPair) -> Failure {
        Failure(
            .badConfig, Failure(error, from: "aws-vault's \(pair.profile)").message,
            hint: "see what it has: aws-vault export --no-session \(shellWord(pair.profile))")
    }

    fileprivate static func notFromAWSVault(_ name: String, _ files: ProfileSet) -> Failure {
        let place = files.profile(name)?.origin(of: "credential_process")?.place ?? name
        return Failure(
            .badConfig, "\(place): \(name) goes on asking aws-vault: its credentials do not come from an imported key",
            hint: "see how: warder explain \(shellWord(name))", origin: place)
    }
}
