import Failures
import Issuing
import Profiles
import Setup
import Text

/// What `profiles` will change, checked as a whole before anything is written.
package struct PopulationPlan {
    /// A profile whose name changes.
    struct Renaming {
        let old, new: String
    }

    /// A setting by which another profile refers to one that is renamed or removed.
    struct BrokenReference {
        let profile, key, old: String
        /// Nil if it is removed.
        let new: String?
    }

    package let config: ProfileFile
    package private(set) var edits: [Edit] = []
    let selection: Selection
    /// The names of the profiles to add, sorted.
    private(set) var made: [String] = []
    /// The names of the profiles whose settings change, and not their names.
    private(set) var changed: [String] = []
    private(set) var renamed: [Renaming] = []
    private(set) var unchanged = 0
    /// The names of the profiles whose role is gone.
    private(set) var gone: [String] = []
    /// Names that other profiles have already, and the names used instead.
    private(set) var clashes: [Renaming] = []
    /// Settings by which other profiles refer to one that is renamed or removed.
    private(set) var broken: [BrokenReference] = []
    /// Roles whose names a config file cannot hold.
    private(set) var leftOut: [SignInRole] = []
    /// Whether the sign-in gives any role at all, wanted or not.
    let hasRoles: Bool
    /// The name of each role's profile after the change.
    private var names: [Identity: String] = [:]

    /// - Parameters:
    ///   - files: as they are.
    ///   - accounts: all accounts that the sign-in gives.
    ///   - roles: all roles in the accounts that are wanted.
    package init(
        _ context: Context, _ files: ProfileSet, _ config: ProfileFile, _ selection: Selection,
        accounts: [SignInAccount], roles: [SignInRole]
    ) throws(Failure) {
        self.config = config
        self.selection = selection
        hasRoles = !roles.isEmpty
        let present = config.made(from: selection.session)
        let wanted = Self.distinct(roles.filter { selection.covers(role: $0.name) })
        leftOut = wanted.filter { !isWritable($0.name) }
        let gone = Self.gone(present, selection, accounts, roles)
        self.gone = gone.map(\.name)
        do throws(EditingError) {
            try plan(
                wanted.filter { isWritable($0.name) }, Present(present), files, context,
                pruned: selection.prunes ? gone : [])
        } catch { throw Failure(error) }
        broken = Self.broken(files, renamed, selection.prunes ? self.gone : [])
        try refuseEmptySelection(accounts, wanted)
        try check()
    }

    /// Each role once, by account and name.
    private static func distinct(_ roles: [SignInRole]) -> [SignInRole] {
        var seen: Set<Identity> = []
        return roles.filter { seen.insert(Identity($0)).inserted }.sorted { Identity($0) < Identity($1) }
    }

    private static func gone(
        _ present: [MadeProfile], _ selection: Selection, _ accounts: [SignInAccount], _ roles: [SignInRole]
    ) -> [MadeProfile] {
        let given = Set(roles.map { Identity($0) })
        let byID = Dictionary(accounts.map { ($0.id, $0) }) { first, _ in first }
        return present.filter { made in
            // Only the number is known of an account that is gone.
            let account = byID[made.accountID] ?? SignInAccount(id: made.accountID, name: made.accountID)
            return selection.covers(account) && selection.covers(role: made.role) && !given.contains(Identity(made))
        }
    }

    private mutating func plan(
        _ roles: [SignInRole], _ present: Present, _ files: ProfileSet, _ context: Context, pruned: [MadeProfile]
    ) throws(EditingError) {
        let naming = Naming(
            roles, selection.template, present: roles.map { present[Identity($0)]?.name },
            others: Self.others(files, config, besides: roles.compactMap { present[Identity($0)] } + pruned))
        clashes = naming.clashes.map { Renaming(old: naming.wanted[$0], new: naming.names[$0]) }
        names = Dictionary(zip(roles.map { Identity($0) }, naming.names)) { first, _ in first }
        var new: [(name: String, profile: NewProfile)] = []
        for (role, name) in zip(roles, naming.names) {
            guard let made = present[Identity(role)] else {
                new.append((name, try profile(of: role, named: name, context)))
                continue
            }
            let edits = try config.updating(
                made, to: name, session: selection.session, region: selection.region, program: context.ownPath)
            self.edits += edits
            if name != made.name {
                renamed.append(Renaming(old: made.name, new: name))
            } else if edits.isEmpty {
                unchanged += 1
            } else {
                changed.append(name)
            }
        }
        new.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        made = new.map(\.name)
        edits = (edits + config.removing(pruned) + config.appendingAtEnd(new.map(\.profile))).inOrder
    }

    private func profile(
        of role: SignInRole, named name: String, _ context: Context
    ) throws(EditingError) -> NewProfile {
        try NewProfile(
            name: name, region: selection.region,
            settings: [
                (MadeProfile.mark, selection.session), ("warder_sso_session", selection.session),
                ("warder_sso_account_id", role.account.id), ("warder_sso_role_name", role.name),
            ],
            program: context.ownPath)
    }

    /// The names of all profiles but these, whose sections are the only ones of their names.
    private static func others(_ files: ProfileSet, _ config: ProfileFile, besides made: [MadeProfile]) -> Set<String> {
        var counts: [String: Int] = [:]
        for name in config.profileNames + (files.credentials?.profileNames ?? []) { counts[name, default: 0] += 1 }
        for profile in made { counts[profile.name, default: 0] -= 1 }
        return Set(counts.filter { $0.value > 0 }.keys)
    }

    private static func broken(
        _ files: ProfileSet, _ renamed: [Renaming], _ removed: [String]
    ) -> [BrokenReference] {
        guard !renamed.isEmpty || !removed.isEmpty else { return [] }
        let new = Dictionary(renamed.map { ($0.old, $0.new) }) { first, _ in first }
        let lost = Set(removed).union(new.keys).subtracting(new.values)
        let indexed = files.indexed()
        return files.profileNames.filter { !lost.contains($0) }.flatMap { name in
            ["source_profile", "include_profile"].compactMap { key in
                guard let old = (try? indexed.profile(name)?.setting(key))?.value, lost.contains(old) else {
                    return nil
                }
                return BrokenReference(profile: name, key: key, old: old, new: new[old])
            }
        }
    }

    /// Fails if no account or no role matches what the user wrote, which is likely to be a mistake.
    private func refuseEmptySelection(_ accounts: [SignInAccount], _ wanted: [SignInRole]) throws(Failure) {
        guard wanted.isEmpty, gone.isEmpty, !accounts.isEmpty else { return }
        if !selection.accounts.isEmpty, !accounts.contains(where: selection.covers) {
            throw Failure(
                .notFound, "no account of \(selection.session) matches --account",
                hint: "there are \(listed(accounts.map { "\($0.name) (\($0.id))" }))")
        }
        guard !selection.roles.isEmpty else { return }
        throw Failure(
            .notFound, "no role of \(selection.session) matches --role",
            hint: "leave --role out to see all of them: warder profiles --from-sso "
                + shellWord(selection.session) + " --dry-run")
    }

    /// Reads the result, in which each role must have its profile: the text of a name or a template may mean something
    /// else in a file.
    private func check() throws(Failure) {
        guard !edits.isEmpty else { return }
        let result: ProfileFile
        do throws(ProfileError) {
            result = try ProfileFile(text: config.edited(edits), path: config.path, kind: .config)
        } catch { throw Failure(error) }
        let present = result.made(from: selection.session)
        let found = Dictionary(present.map { (Identity($0), $0.name) }) { first, _ in first }
        guard names.allSatisfy({ found[$0.key] == $0.value }) else {
            throw Failure(
                .badConfig, "\(config.path) would not hold the profiles of \(selection.session) as intended",
                hint: "see what would be written: --dry-run")
        }
    }
}

/// The profile that each role has already: the first of several.
private struct Present {
    private let profiles: [Identity: MadeProfile]

    init(_ made: [MadeProfile]) {
        profiles = Dictionary(made.map { (Identity($0), $0) }) { first, _ in first }
    }

    subscript(identity: Identity) -> MadeProfile? { profiles[identity] }
}
