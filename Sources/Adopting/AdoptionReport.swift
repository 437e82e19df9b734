import Chains
import Explaining
import Failures
import Profiles
import Setup
import Stores
import Text

extension AdoptionPlan {
    /// Reports what is still in the way, which profiles were left unchanged, and why.
    ///
    /// - Parameter isWritten: the config file is in its final state; if not, line numbers are those from before the
    ///   change.
    package func finish(isWritten: Bool) throws(Failure) {
        var faulty: Set<String> = []
        if !undoes {
            warnOfKeys()
            warnOfPlaintextSources(isWritten)
            faulty = try warnOfOthers(isWritten)
        }
        if isForAll, !undoes { reportUnadopted() }
        let refusals = refusals(isWritten: isWritten)
        for failure in refusals.dropLast() { failure.show(on: context.console) }
        if let failure = refusals.last { throw failure }
        if isForAll, changed.isEmpty {
            let place = config == nil ? ": there is no config file \(try ProfileLoading(context).configPath())" : ""
            context.console.note("there is no profile to \(undoes ? "undo" : "adopt")\(place)")
        }
        for name in unchanged where !isForAll { context.console.note(unchangedWords(name, faulty)) }
    }

    private func unchangedWords(_ name: String, _ faulty: Set<String>) -> String {
        guard undoes else {
            return "\(name) \(faulty.contains(name) ? "names" : "asks") warder already: nothing to change"
        }
        guard let profile = files.profile(name), (try? profile.asksWarder()) == true,
            let origin = profile.origin(of: "credential_process")
        else { return "\(name) is not adopted: nothing to change" }
        return "\(name) is not adopted: nothing to change; the line that asks warder, \(origin.place), is not adopt's"
    }

    // MARK: - Obstacles

    /// Warns of keys that adopted profiles need and the store does not have.
    private func warnOfKeys() {
        let keys = Keys(context)
        let known: Set<String>?
        do throws(Failure) {
            if try keys.store() == nil {
                known = []
            } else {
                let listing = try keys.listing()
                known = listing.failure == nil ? listing.keys.map { Set($0.map(\.name)) } : nil
            }
        } catch { known = nil }
        var users: [String: [String]] = [:]
        var order: [String] = []
        for name in changed + (isForAll ? [] : unchanged) {
            guard let key = source(of: name), known?.contains(key) != true else { continue }
            // The content of a locked store is unknown: a name with a section is not likely to be a typo.
            if known == nil, files.profile(key) != nil { continue }
            if users[key] == nil { order.append(key) }
            users[key, default: []].append(name)
        }
        for key in order { warn(of: key, users[key] ?? [], known) }
    }

    private func warn(of key: String, _ users: [String], _ known: Set<String>?) {
        let profiles = listed(users)
        let isProfile = files.profile(key) != nil
        guard let known else {
            Failure(
                .locked,
                "\(profiles) \(users.count == 1 ? "needs" : "need") the key \(key), "
                    + "and whether the store has it cannot be seen: it is locked",
                hint: "run warder unlock, then warder list"
            ).show(on: context.console)
            return
        }
        let near = nearest(to: key, among: known.sorted() + files.profileNames)
        let correction = isProfile ? nil : near.map { ", or correct the name, if \($0) is meant" }
        Failure(
            .notFound,
            "\(profiles) cannot be served yet: the store has no key named \(key)"
                + (isProfile || users == [key] ? "" : ", and there is no such profile"),
            hint: "run warder add \(shellWord(key))" + (correction ?? "")
        ).show(on: context.console)
    }

    /// Warns of plain-text keys behind adopted profiles: they are used, and remain readable, as before.
    private func warnOfPlaintextSources(_ isWritten: Bool) {
        var users: [(key: PlaintextKey, names: [String])] = []
        for name in changed {
            guard let chain = try? Chain.resolve(name, in: result, isStoredKey: { _ in true }),
                case .plaintextKey(let key) = chain.source
            else { continue }
            if let index = users.firstIndex(where: { $0.key.accessKeyID.origin == key.accessKeyID.origin }) {
                users[index].names.append(name)
            } else {
                users.append((key, [name]))
            }
        }
        for (key, names) in users {
            let profile = key.profile.name
            let place =
                isWritten
                ? key.accessKeyID.origin
                : files.profile(profile)?.origin(of: "aws_access_key_id") ?? key.accessKeyID.origin
            Failure(
                .badConfig,
                "\(place.place): the key of \(listed(names)) is in plain text, "
                    + "and takes precedence until it is removed",
                hint: "run warder import \(shellWord(profile))"
            ).show(on: context.console)
        }
    }

    /// The stored key at the source of an adopted profile; nil if the source is something else.
    private func source(of name: String) -> String? {
        guard let chain = try? Chain.resolve(name, in: result, isStoredKey: { _ in true }),
            case .storedKey(let key, _) = chain.source
        else { return nil }
        return key
    }

    /// Warns of what still keeps SDKs from asking warder: a missing program, the environment. Returns the profiles that
    /// are affected in every program.
    private func warnOfOthers(_ isWritten: Bool) throws(Failure) -> Set<String> {
        var faulty: Set<String> = []
        var said: [SDKObstacle] = []
        let edited = Set(changed)
        let after = SDKVerdict.lookup(context, result)
        let now = isWritten ? after : SDKVerdict.lookup(context, files)
        for name in changed + unchanged {
            let lookup = edited.contains(name) ? after : now
            let verdict = try SDKVerdict(context, isWritten ? result : files, lookup, profile: name)
            if !verdict.ofProfile.isEmpty { faulty.insert(name) }
            for obstacle in verdict.obstacles where !said.contains(obstacle) {
                // Before the file is written, line numbers are the old ones: the warning covers only profiles that did
                // not change.
                if case .repetition = obstacle, !isWritten, edited.contains(name) { continue }
                if case .anotherIsChosen = obstacle { continue }
                if said.count < 16 { verdict.failure(obstacle).show(on: context.console) }
                said.append(obstacle)
            }
        }
        return faulty
    }
}
