import Failures
import Profiles
import Secrets
import Stores
import Text
import Vault

/// A key of the store.
struct StoredKeySource: ChainSource {
    let tools: SourceTools
    let name: String
    /// The line that names it; nil if no profile names it.
    let origin: Origin?

    var kind: String { "stored_key" }
    var parameters: [ChainParameter] { [ChainParameter(key: "key", value: name, origin: origin)] }
    func title(isStoredToo: Bool) -> String { "stored key \(name)" }
    var owner: String? { name }
    var keyName: String? { name }
    func credentials() throws(Failure) -> Credentials { try tools.keys.storedKey(name) }
    func obstacle() throws(Failure) -> Failure? { try tools.keys.obstacle(toKey: name) }
}

extension Keys {
    /// Why the stored key is not available; nil if it is, or warder cannot tell.
    fileprivate func obstacle(toKey name: String) throws(Failure) -> Failure? {
        guard let store = try store() else { return Failure.noStore }
        guard let keyName = KeyName(name) else { return Failure.noSuchKey(name) }
        do throws(Failure) {
            if let isThere = try store.shows(keyName) { return isThere ? nil : Failure.noSuchKey(name) }
        } catch { return error }
        guard let index = try index(), !index.contains(where: { $0.name.isSame(as: name) }) else { return nil }
        return Failure.noSuchKey(name)
    }
}
