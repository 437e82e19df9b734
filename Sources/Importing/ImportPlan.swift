import Chains
import Explaining
import Failures
import Profiles
import Secrets
import Setup
import Text
import Vault

/// What `import` will do, checked as a whole before anything is written.
package struct ImportPlan {
    /// A profile whose plaintext key goes into the store.
    package struct Item {
        let pair: PlaintextPair
        /// The name of the key in the store.
        let key: KeyName
        /// The store has exactly this key already.
        let isStored: Bool
        /// The profiles whose credentials come from it.
        var dependents: [String] = []
        /// What becomes of the profile in the config file.
        var written = ""

        package var profile: String { pair.profile }
    }

    /// What the command line asks for.
    package struct Wishes {
        /// The profiles; all with a plaintext key if there are none.
        package var names: [String] = []
        /// Profiles that depend on an imported key and have an MFA device are adopted.
        package var adopts = false
        /// Profiles whose key calls IAM, and that have no MFA device, get `warder_session = off`.
        package var keepsIAM = false
        /// The profiles that get it.
        var withoutSession: Set<String> = []
        /// Profiles to leave as they are, and why.
        var excluded: [(profile: String, failure: Failure)] = []

        package init() {}
    }

    let context: Context
    let files: ProfileSet
    let wishes: Wishes
    private let twins: StoredTwins
    /// The files after the change.
    private(set) var result: ProfileSet
    package private(set) var items: [Item] = []
    private(set) var sessions: [(profile: String, origin: Origin)] = []
    package private(set) var refused: [(profile: String, failure: Failure)] = []
    /// Profiles that are adopted too.
    private(set) var adopted: [String] = []
    private(set) var configEdits: [Edit] = []
    private(set) var credentialsEdits: [Edit] = []
    /// The config file, or an empty one in its place.
    let config: ProfileFile
    /// The profiles of that file alone.
    private let configProfiles: ProfileSet

    /// - Parameter twins: what the store holds already.
    init(_ context: Context, _ files: ProfileSet, _ wishes: Wishes, _ twins: StoredTwins) throws(Failure) {
        self.context = context
        self.files = files
        self.wishes = wishes
        self.twins = twins
        result = files
        if let present = files.config {
            config = present
        } else {
            let path = try ProfileLoading(context).configPath()
            do throws(ProfileError) {
                config = try ProfileFile(text: SecretBytes(capacity: 0), path: path, kind: .config)
            } catch { throw Failure(error) }
        }
        configProfiles = ProfileSet(config: config, credentials: nil, isIndexed: true)
        let found = FoundKeys(files, names: wishes.names)
        sessions = found.sessions
        refused = found.refused + wishes.excluded
        let excluded = Set(wishes.excluded.map(\.profile))
        var pairs = found.pairs.filter { !excluded.contains($0.profile) }
        // A refusal may change the name that a key is stored under, and so other profiles.
        while true {
            let (named, untitled) = try named(pairs, twins)
            refused += untitled
            items = named
            let failures = try compose()
            guard !failures.isEmpty else { return }
            refused += failures
            let failed = Set(failures.map(\.profile))
            pairs = items.map(\.pair).filter { !failed.contains($0.profile) }
        }
    }

    /// The same files with other wishes. The files are not read anew: what was shown and checked is what is done, and if a
    /// file has changed, the write refuses.
    func again(_ wishes: Wishes) throws(Failure) -> ImportPlan { try ImportPlan(context, files, wishes, twins) }

    /// Gives each key its name in the store: the one that it is stored under or, of its profiles', the first that is
    /// free.
    private func named(
        _ pairs: [PlaintextPair], _ twins: StoredTwins
    ) throws(Failure) -> ([Item], refused: [(profile: String, failure: Failure)]) {
        var items: [Item] = []
        var refused: [(profile: String, failure: Failure)] = []
        let byIdentifier = Dictionary(grouping: pairs, by: \.accessKeyID)
        for pair in pairs {
            let alike = byIdentifier[pair.accessKeyID, default: []].filter { $0.isSame(as: pair) }.map(\.profile)
            let stored = try twins.names(of: pair)
            // An interrupted run may have written it.
            let own = (try? files.profile(pair.profile)?.own("key"))?.value
            let known = stored.first { $0.text == own } ?? stored.first { alike.contains($0.text) } ?? stored.first
            if let name = known {
                items.append(Item(pair: pair, key: name, isStored: true))
                continue
            }
            let names = alike.compactMap { $0.begins(with: "-") ? nil : KeyName($0) }
            if let name = names.first(where: { !twins.holds($0) }) {
                items.append(Item(pair: pair, key: name, isStored: false))
            } else {
                refused.append((pair.profile, names.isEmpty ? .unnamable(pair) : .taken(pair)))
            }
        }
        return (items, refused)
    }

    // MARK: - Edits

    /// Makes the edits of all items, and the files that they lead to. Returns the profiles that would not work then.
    private mutating func compose() throws(Failure) -> [(profile: String, failure: Failure)] {
        var failures: [(profile: String, failure: Failure)] = []
        let before = dependents()
        var (added, edits): ([NewProfile], [Edit]) = ([], [])
        adopted = []
        for index in items.indices {
            items[index].dependents = before[items[index].profile] ?? []
            do throws(Failure) {
                let (new, change) = try edit(&items[index])
                added += new.map { [$0] } ?? []
                edits += change
                edits += try adoptions(of: items[index])
            } catch { failures.append((items[index].profile, error)) }
        }
        guard failures.isEmpty else { return failures }
        let imported = Set(items.map(\.profile))
        edits += config.removingKeys(of: imported)
        configEdits = (edits + config.appending(added)).inOrder
        credentialsEdits = files.credentials?.removingKeys(of: imported) ?? []
        do throws(ProfileError) {
            let credentials = try files.credentials.map { (file) throws(ProfileError) in
                try ProfileFile(text: file.edited(credentialsEdits), path: file.path, kind: .credentials)
            }
            let config = try ProfileFile(text: config.edited(configEdits), path: config.path, kind: .config)
            result = files.with(config: config, credentials: credentials)
        } catch { throw Failure(error) }
        let lookup = SDKVerdict.lookup(context, result)
        return items.compactMap { item in
            do throws(Failure) { try check(item, lookup) } catch { return (item.profile, error) }
            return nil
        }
    }

    /// What changes in the config file for one profile, apart from its key's lines.
    private func edit(_ item: inout Item) throws(Failure) -> (NewProfile?, [Edit]) {
        let name = item.profile
        guard let profile = files.profile(name) else { throw .noSuch(item.pair) }
        try refuseRival(of: item, profile)
        var settings: [(key: String, value: String)] = []
        let runsOther = try hasOtherProgram(profile)
        if !item.key.text.isSame(as: name) || runsOther { settings.append(("warder_key", item.key.text)) }
        if wishes.withoutSession.contains(name) { settings.append(("warder_session", "off")) }
        do throws(EditingError) {
            if configProfiles.profile(name) != nil {
                let edits = try files.serving(name, program: context.ownPath, settings: settings)
                item.written = edits.isEmpty ? "asks warder already" : "asks warder"
                return (nil, edits)
            }
            item.written = "a new section asks warder"
            return (try NewProfile(name: name, settings: settings, program: context.ownPath), [])
        } catch { throw Failure(error) }
    }

    /// The edits that adopt what depends on a key: where it is asked for, and where SDKs could not do without.
    private mutating func adoptions(of item: Item) throws(Failure) -> [Edit] {
        var edits: [Edit] = []
        for name in item.dependents where !adopted.contains(name) && !items.contains(where: { $0.profile == name }) {
            let isNeeded = needsAdoption(name)
            guard isNeeded || wishes.adopts && hasOwnDevice(name) else { continue }
            do throws(EditingError) {
                edits += try files.adopting(name, program: context.ownPath)
                adopted.append(name)
            } catch {
                if isNeeded { throw Failure(error) }
            }
        }
        return edits
    }
}
