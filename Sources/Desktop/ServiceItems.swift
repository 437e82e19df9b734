import CGLib
import Secrets
import Text

/// Finding items by search. warder never enumerates a collection: its other items do not matter.
extension SecretServiceClient {
    /// The result of a search.
    struct SearchResult {
        var unlocked: [String]
        var locked: [String]
    }

    /// Lets the service search for items whose attributes include these.
    func search(_ query: Query) throws(SecretServiceError) -> SearchResult {
        let answer = try bus.call(Self.path, .service("SearchItems"), [attributes(query)], returns: "(aoao)")
        return SearchResult(unlocked: answer[0].texts, locked: answer[1].texts)
    }

    /// The item with exactly these attributes, unlocked; nil if there is none.
    func item(exactly query: Query) throws(SecretServiceError) -> String? {
        let items = try items(exactly: query) { !$0.isEmpty }
        guard items.count > 1, let collection = try defaultCollection() else { return items.first }
        return items.first { $0.begins(with: collection + "/") } ?? items.first
    }

    /// All items with exactly these attributes, unlocked.
    ///
    /// Unlocks what is locked, or throws `.locked`, unless the unlocked items are already `enough`.
    func items(
        exactly query: Query, enough: ([String]) -> Bool
    ) throws(SecretServiceError) -> [String] {
        var (hits, items) = try present(query)
        if enough(items) { return items }
        let locked = try hits.locked.isEmpty && items.isEmpty ? lockedDefaultCollection() : hits.locked
        if locked.isEmpty { return items }
        try unlock(locked)
        (hits, items) = try present(query)
        guard enough(items) || hits.locked.isEmpty else { throw .locked }
        return items
    }

    /// How often to repeat a search for an item that went away between two calls: another program may be replacing it.
    static let attempts = 4

    /// The result of a search, and those unlocked items that have exactly these attributes. If one of them goes away
    /// meanwhile, the search is repeated.
    func present(_ query: Query) throws(SecretServiceError) -> (SearchResult, [String]) {
        var hits = try search(query)
        for _ in 1..<Self.attempts {
            if let items = try exact(hits.unlocked, query, all: true) { return (hits, items) }
            hits = try search(query)
        }
        return (hits, try exact(hits.unlocked, query, all: false) ?? [])
    }

    /// The items without their secrets.
    func items(_ query: Query) throws(SecretServiceError) -> [SecretItem] {
        for _ in 1..<Self.attempts { if let items = try itemsAtOnce(query, all: true) { return items } }
        return try itemsAtOnce(query, all: false) ?? []
    }

    /// - Parameter all: whether to return nil if one of them went away meanwhile.
    private func itemsAtOnce(_ query: Query, all: Bool) throws(SecretServiceError) -> [SecretItem]? {
        let hits = try search(query)
        if hits.unlocked.isEmpty && hits.locked.isEmpty {
            guard try lockedDefaultCollection().isEmpty else { throw .locked }
        }
        var items: [SecretItem] = []
        for path in hits.unlocked + hits.locked {
            if let item = try item(at: path, query, isLocked: !hits.unlocked.contains(path)) {
                items.append(item)
            } else if all {
                return nil
            }
        }
        return items
    }

    /// The items that have no other attributes of the schema.
    ///
    /// - Parameter all: whether to return nil if one of them no longer exists.
    private func exact(_ paths: [String], _ query: Query, all: Bool) throws(SecretServiceError) -> [String]? {
        var exact: [String] = []
        for path in paths {
            guard let found = try property("Attributes", of: .item("Attributes"), at: path) else {
                if all { return nil }
                continue
            }
            if query.isExactly(found.dictionary) { exact.append(path) }
        }
        return exact
    }

    /// The attributes of a search.
    func attributes(_ query: Query) -> GLib.Value {
        var entries = query.attributes.map { ($0.key, library.value($0.value)) }
        entries.append(("xdg:schema", library.value(query.schema.name)))
        return library.value(of: "{ss}", entries)
    }

    /// The default collection if it is locked: some services then find nothing in it.
    private func lockedDefaultCollection() throws(SecretServiceError) -> [String] {
        guard let collection = try defaultCollection(), try isLocked(collection: collection) else { return [] }
        return [collection]
    }

    private func item(at path: String, _ query: Query, isLocked: Bool) throws(SecretServiceError) -> SecretItem? {
        let interface = library.value(Method.item("").interface)
        let answer = try bus.callIfThere(path, .properties("GetAll"), [interface], returns: "(a{sv})")
        guard let answer else { return nil }
        var label = ""
        // A service may hide a locked item's attributes, but it does have those that were searched for.
        var attributes = query.attributes
        for entry in answer[0].children {
            switch entry[0].text {
            case "Label": label = entry[1].content.text
            case "Attributes":
                let found = entry[1].content.dictionary.filter { query.schema.attributes.contains($0.key) }
                attributes.merge(found) { $1 }
            default: break
            }
        }
        return SecretItem(label: label, attributes: attributes, isLocked: isLocked)
    }
}
