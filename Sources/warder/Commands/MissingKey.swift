import Chains
import Failures
import Issuing
import Profiles
import Setup
import Stores
import Text

/// A name that the user wants to remove but that no stored key has.
struct MissingKey {
    let context: Context
    let keys: Keys
    let name: String

    /// Says what has this name or a similar one. A user who removes a key does not want to add one.
    var failure: Failure {
        if let profiles = try? ProfileLoading(context).profiles(), let profile = profiles.profile(name) {
            return failure(profile, isInConfig: profile.origin.path == profiles.config?.path)
        }
        let known = ((try? keys.index()) ?? nil)?.map { $0.name } ?? []
        return Failure(.notFound, "there is no key named \(name)", hint: "warder list shows the keys")
            .suggesting(nearest(to: name, among: known))
    }

    private func failure(_ profile: Profile, isInConfig: Bool) -> Failure {
        let origin = profile.origin
        let section = isInConfig && name != "default" ? "[profile \(name)]" : "[\(name)]"
        let removal = "to take the profile away, delete \(section) from \(origin.path) (line \(origin.line))"
        let hint = key.map { "its key is \($0): warder remove \(shellWord($0)); " } ?? ""
        return Failure(.notFound, "\(name) is a profile, not a key", hint: hint + removal)
    }

    /// The stored key that the profile begins with, if that is easy to determine.
    private var key: String? {
        guard case .storedKey(let key, _)? = (try? ChainLoading(context, keys).chain(name))?.source else { return nil }
        return key.utf8.elementsEqual(name.utf8) ? nil : key
    }
}
