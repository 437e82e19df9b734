import Crypto
import Desktop
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Text
import Vault

/// The desktop's Secret Service as a store: an item a key, and one for the session-cache key.
package final class SecretServiceStore: KeyStore {
    let context: Context
    let marker: StoreMarker
    let desktop: DesktopSecrets
    private var known = StoreHeadOnce()
    private var cacheKey: SecretBytes?
    package private(set) var opening = StoreOpening()

    package init(_ context: Context, _ stops: PromptStops = PromptStops()) {
        self.context = context
        marker = StoreMarker(context)
        desktop = DesktopSecrets(context)
    }

    package static var kind: StoreKind { .libsecret }
    package var isOpen: Bool { cacheKey != nil }

    package func head() throws(Failure) -> StoreHead? {
        try known.head { () throws(Failure) in
            try marker.identifier().map { StoreHead(identifier: $0, generation: 1) }
        }
    }

    package func lookAgain() { known.lookAgain() }

    // MARK: - The session-cache key

    package func open(unless isDone: @escaping () -> Bool, finish: (borrowing SecretBytes) -> Void) throws(Failure) {
        guard cacheKey == nil else { return }
        lookAgain()
        let lock = try marker.lockForReading()
        defer { withExtendedLifetime(lock) {} }
        if isDone() { return }
        finish(try sessionCacheKey())
    }

    package func sessionCacheKey() throws(Failure) -> SecretBytes {
        if let present = cacheKey?.copy() { return present }
        lookAgain()
        guard let identifier = try marker.identifier() else { throw Failure.noStore }
        if opening.snapshot == nil {
            let state = UnlockedState(.sessionCache, store: identifier, runtimeFolder: context.paths.runtime)
            opening.snapshot = state.lockSnapshot()
        }
        let key: SecretBytes
        if let stored = try storedCacheKey(identifier) {
            key = stored
        } else {
            // The item was deleted, which costs the cached sessions and nothing else; but one that is there all the same,
            // and cannot be read at this moment, must not be replaced.
            guard try !presentIdentifiers().contains(identifier) else { throw Failure(SecretServiceError.malformed) }
            guard try marker.identifier() == identifier else { throw Failure.moved }
            key = try makeCacheKey(identifier)
        }
        cacheKey = key.copy()
        return key
    }

    private func storedCacheKey(_ identifier: String) throws(Failure) -> SecretBytes? {
        let text = try desktop.with { (service) throws(SecretServiceError) in
            try service.secret(DesktopSecrets.sessionCacheKeys, ["store": identifier])
        }
        guard let text else { return nil }
        guard let key = SecretBytes.of(hexadecimal: text, count: 32) else {
            throw Failure(
                .damaged, "the session-cache key in the Secret Service is not one",
                hint: "delete the item \"\(Self.cacheKeyLabel)\" in the desktop's keyring, and log in again")
        }
        return key
    }

    private static let cacheKeyLabel = "warder: encrypts cached sessions"

    private func makeCacheKey(_ identifier: String) throws(Failure) -> SecretBytes {
        let key = try randomKey(context.random)
        try putCacheKey(key, identifier)
        return key
    }

    private func putCacheKey(_ key: borrowing SecretBytes, _ identifier: String) throws(Failure) {
        let text = key.inHexadecimal
        try desktop.with { (service) throws(SecretServiceError) in
            try service.put(
                text, DesktopSecrets.sessionCacheKeys, ["store": identifier], label: Self.cacheKeyLabel)
        }
    }

    /// Makes the Secret Service the user's store: its session-cache key first, then the marker that names it.
    ///
    /// - Parameter key: the key that encrypts sessions already; nil for the one that is there, or a new one.
    func establish(sessionCacheKey key: borrowing SecretBytes? = nil) throws(Failure) {
        lookAgain()
        if try marker.identifier() != nil { return }
        switch key {
        case .some(let key):
            // One that an interrupted move left serves again.
            for identifier in try presentIdentifiers() where try isCacheKey(identifier, same: key) {
                return try marker.write(identifier)
            }
            let identifier = try newIdentifier()
            try putCacheKey(key, identifier)
            try marker.write(identifier)
        case .none:
            // Keys in a vault would be out of sight.
            try StoreTable.refuseOther(than: kind, context)
            if let identifier = try presentIdentifiers().first { return try marker.write(identifier) }
            let identifier = try newIdentifier()
            _ = try makeCacheKey(identifier)
            try marker.write(identifier)
        }
    }

    /// The session-cache keys in the service: this home's, and those of homes before it.
    private func presentIdentifiers() throws(Failure) -> [String] {
        try desktop.with { (service) throws(SecretServiceError) in
            try service.items(DesktopSecrets.sessionCacheKeys, [:])
        }.compactMap { $0.attributes["store"] }.filter(StoreMarker.isIdentifier).sorted()
    }

    private func newIdentifier() throws(Failure) -> String {
        do throws(CryptoError) {
            return VaultIdentifier(try context.random.bytes(VaultIdentifier.size))?.hex ?? ""
        } catch { throw Failure(error) }
    }

    // MARK: - Keys

    package func record(_ name: KeyName) throws(Failure) -> AccessKeyRecord? {
        let text = try desktop.with { (service) throws(SecretServiceError) in
            try service.secret(DesktopSecrets.accessKeys, ["name": name.text])
        }
        guard let text else { return nil }
        guard let record = KeyItemText.record(text, name: name) else {
            throw Failure(
                .damaged, "what the Secret Service has for the key \(name) is not a key",
                hint: "look at it in the desktop's keyring; to replace it: warder add --replace \(shellWord(name.text))"
            )
        }
        return record
    }

    package func listing(noted: [IndexedKey]) throws(Failure) -> [IndexedKey] {
        let items = try desktop.look { (service) throws(SecretServiceError) in
            try service.items(DesktopSecrets.accessKeys, [:])
        }
        return Self.listing(of: items, noted: noted)
    }

    /// What these items, which are keys, show.
    package static func listing(of items: [SecretItem], noted: [IndexedKey]) -> [IndexedKey] {
        var known: [String: IndexedKey] = [:]
        for key in noted { known[key.name] = key }
        return items.compactMap { $0.attributes["name"].flatMap(KeyName.init) }.map(\.text).sorted().map { name in
            let label = items.first { $0.attributes["name"] == name }?.label ?? ""
            let identifier = KeyItemText.accessKeyID(ofLabel: label) ?? ""
            let noted = known[name].flatMap { $0.accessKeyID == identifier ? $0 : nil }
            return IndexedKey(
                name: name, accessKeyID: identifier, accountID: noted?.accountID, createdAt: noted?.createdAt ?? 0,
                hasTOTPSeed: KeyItemText.hasTOTPSeed(label: label), unfinishedFrom: noted?.unfinishedFrom)
        }
    }

    package func summaries() throws(Failure) -> [AccessKeySummary] {
        let items = try desktop.with { (service) throws(SecretServiceError) in
            try service.items(DesktopSecrets.accessKeys, [:])
        }
        var summaries: [AccessKeySummary] = []
        for item in items {
            guard let name = item.attributes["name"].flatMap(KeyName.init) else { continue }
            do throws(Failure) {
                guard let summary = try record(name)?.summary else { continue }
                summaries.append(summary)
            } catch {
                guard error.code == .damaged else { throw error }
                let identifier = KeyItemText.accessKeyID(ofLabel: item.label) ?? ""
                summaries.append(AccessKeySummary(name: name, accessKeyID: identifier, createdAt: 0))
            }
        }
        return summaries.sorted { $0.name.text < $1.name.text }
    }

    package func put(_ records: [SharedRecord], replacing: Bool) throws(Failure) {
        let lock = try marker.lockForChange()
        defer { withExtendedLifetime(lock) {} }
        try establish()
        var seen: Set<KeyName> = []
        for record in records where !replacing {
            guard try !isThere(record.name), seen.insert(record.name).inserted else {
                throw Failure(VaultError.nameTaken(record.name), path: "")
            }
        }
        for record in records {
            var new = record.copy()
            if replacing, let present = try replaceable(record.name) { new.keepSeed(of: present) }
            try write(new)
        }
    }

    /// Each look at a key asks the service.
    package func readAgain() throws(Failure) { lookAgain() }

    /// The key that is to be replaced; nil also where it is damaged, for that is how it is mended.
    private func replaceable(_ name: KeyName) throws(Failure) -> AccessKeyRecord? {
        do throws(Failure) { return try record(name) } catch {
            if error.code == .damaged { return nil }
            throw error
        }
    }

    package func change(
        _ name: KeyName, _ body: @escaping (inout AccessKeyRecord) -> Void
    ) throws(Failure) -> AccessKeySummary {
        let lock = try marker.lockForChange()
        defer { withExtendedLifetime(lock) {} }
        guard var record = try record(name) else { throw Failure.noSuchKey(name.text) }
        body(&record)
        try write(record)
        return record.summary
    }

    /// Stores a key in the place of any of its name, and reads it back.
    func write(_ record: borrowing AccessKeyRecord) throws(Failure) {
        let summary = record.summary
        let text = KeyItemText.text(record)
        try desktop.with { (service) throws(SecretServiceError) in
            try service.put(
                text, DesktopSecrets.accessKeys, ["name": summary.name.text], label: KeyItemText.label(summary))
        }
        guard let stored = try self.record(summary.name), stored.isSame(as: record) else {
            throw Failure(
                .other, "the Secret Service did not keep the key \(summary.name) as it was given",
                hint: "look at the item in the desktop's keyring; warder add --store file keeps keys without it")
        }
    }

    package func remove(_ name: KeyName) throws(Failure) {
        let lock = try marker.lockForChange()
        defer { withExtendedLifetime(lock) {} }
        guard try delete(name) else { throw Failure.noSuchKey(name.text) }
    }

    /// Whether it was there.
    func delete(_ name: KeyName) throws(Failure) -> Bool {
        try desktop.with { (service) throws(SecretServiceError) in
            try service.remove(DesktopSecrets.accessKeys, ["name": name.text])
        }
    }

    /// Deletes the session-cache key, once the keys are somewhere else.
    func deleteCacheKey(_ identifier: String) throws(Failure) {
        _ = try desktop.with { (service) throws(SecretServiceError) in
            try service.remove(DesktopSecrets.sessionCacheKeys, ["store": identifier])
        }
    }

    /// Deletes the session-cache keys that are the same as `key`, which is somewhere else now; whether there was one.
    func deleteCacheKeys(like key: borrowing SecretBytes) throws(Failure) -> Bool {
        var found = false
        for identifier in (try? presentIdentifiers()) ?? [] {
            guard try isCacheKey(identifier, same: key) else { continue }
            try deleteCacheKey(identifier)
            found = true
        }
        return found
    }

    private func isCacheKey(_ identifier: String, same key: borrowing SecretBytes) throws(Failure) -> Bool {
        guard let stored = try storedCacheKey(identifier) else { return false }
        return stored.withUnsafeBytes { a in key.withUnsafeBytes { b in equalInConstantTime(a, b) } }
    }

    /// Every stored key.
    func sharedRecords() throws(Failure) -> [SharedRecord] {
        try desktop.with { (service) throws(SecretServiceError) in try service.unlock() }
        var records: [SharedRecord] = []
        for key in try listing(noted: []) {
            guard let name = KeyName(key.name) else { continue }
            guard let record = try record(name) else { throw Failure.noSuchKey(key.name) }
            records.append(SharedRecord(record))
        }
        return records
    }

    private func isThere(_ name: KeyName) throws(Failure) -> Bool {
        try !desktop.with { (service) throws(SecretServiceError) in
            try service.items(DesktopSecrets.accessKeys, ["name": name.text])
        }.isEmpty
    }
}
