import Chains
import Failures
import Explaining
import Profiles
import Text

// The profiles whose credentials come from an imported key, and whether all is as before for them.

extension ImportPlan {
    /// The profiles whose chain begins with the plaintext key of another one, by the name of that one.
    func dependents() -> [String: [String]] {
        var found: [String: [String]] = [:]
        for name in files.profileNames {
            guard let chain = try? chain(name, in: files), case .plaintextKey(let key) = chain.source,
                !key.profile.name.isSame(as: name)
            else { continue }
            found[key.profile.name, default: []].append(name)
        }
        return found
    }

    /// Its role lasts longer than AWS grants to a session: its SDK must not assume it with one.
    func needsAdoption(_ name: String) -> Bool {
        guard let first = try? chain(name, in: files).roles.first, first.profile.isSame(as: name) else { return false }
        return (first.duration?.value ?? 0) > RoleStep.chainedDuration
    }

    /// The items whose sessions will be made without a code.
    var withoutDevice: [Item] {
        items.filter { item in
            guard let session = try? chain(item.profile, in: result).session else { return false }
            return session.mfa == nil
        }
    }

    /// Profiles that depend on an imported key, have a device of their own, and are not adopted.
    package var withOwnDevice: [String] {
        var seen = Set(adopted + items.map(\.profile))
        return items.flatMap(\.dependents).filter { hasOwnDevice($0) && seen.insert($0).inserted }
    }

    /// SDKs ask for a code of its own device, for each process.
    func hasOwnDevice(_ name: String) -> Bool {
        guard let profile = files.profile(name) else { return false }
        return profile.origin(of: "mfa_serial") != nil && profile.origin(of: "role_arn") != nil
    }

    /// Fails if a profile would get other credentials than before, or none.
    ///
    /// - Parameter lookup: how SDKs look up profiles afterwards; made once, as it reads the whole files.
    func check(_ item: Item, _ lookup: SDKLookup) throws(Failure) {
        let after = try chain(item.profile, in: result)
        guard case .storedKey(let key, _) = after.source, key.isSame(as: item.key.text),
            roles(of: after) == roles(of: try chain(item.profile, in: files))
        else { throw .rival(item.pair) }
        if let origin = try obstacle(to: item.profile, lookup)?.origin { throw .rival(item.pair, origin.place) }
        for name in item.dependents {
            guard let before = try? chain(name, in: files) else { continue }
            let after = try chain(name, in: result)
            guard case .storedKey(let key, _) = after.source, key.isSame(as: item.key.text),
                roles(of: after) == roles(of: before)
            else { throw .rivalOfDependent(item.pair, name) }
        }
    }

    /// What keeps SDKs from asking warder for a profile afterwards.
    private func obstacle(to name: String, _ lookup: SDKLookup) throws(Failure) -> SDKObstacle? {
        do throws(ProfileError) {
            return try lookup.obstacles(in: name).first { $0.scope == .all }
        } catch { throw Failure(error) }
    }

    func chain(_ name: String, in files: ProfileSet) throws(Failure) -> Chain {
        do throws(ChainError) {
            return try Chain.resolve(name, in: files, environment: { context.environment[$0] }) { _ in true }
        } catch { throw Failure(error) }
    }

    private func roles(of chain: Chain) -> [String] { chain.roles.map(\.roleARN.value) }
}
