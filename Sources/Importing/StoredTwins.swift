import Failures
import Profiles
import Sessions
import Stores
import Vault

/// What the store holds already of keys that are to be imported.
struct StoredTwins {
    private let keys: Keys
    /// By the id.
    private let listing: [String: [IndexedKey]]
    /// The names of all stored keys.
    let names: Set<String>
    /// The store is open, so that secrets can be compared.
    private let isOpen: Bool

    /// - Parameter opening: open the store, which may prompt; else go by what is known without.
    init(_ keys: Keys, opening: Bool) throws(Failure) {
        self.keys = keys
        isOpen = opening
        let present: [IndexedKey]
        if opening {
            present = try keys.listingBefore()
        } else {
            present = try keys.store() == nil ? [] : (try keys.listing().keys ?? [])
        }
        listing = Dictionary(grouping: present, by: \.accessKeyID)
        names = Set(present.map(\.name))
    }

    /// Whether a key of this name is stored.
    func holds(_ name: KeyName) -> Bool { names.contains(name.text) }

    /// The names under which exactly this key is stored.
    func names(of pair: PlaintextPair) throws(Failure) -> [KeyName] {
        var names: [KeyName] = []
        for key in listing[pair.accessKeyID] ?? [] {
            guard let name = KeyName(key.name) else { continue }
            if try isSame(pair, name) { names.append(name) }
        }
        return names
    }

    private func isSame(_ pair: PlaintextPair, _ name: KeyName) throws(Failure) -> Bool {
        guard isOpen else { return true }
        switch try keys.recordBefore(name) {
        case .some(let record): return pair.isSame(as: record.summary.accessKeyID, record.secret)
        case .none: return false
        }
    }
}
