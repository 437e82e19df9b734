import Failures
import Linux
import Secrets
import Setup
import Vault

/// What is to be seen of the Secret Service from outside.
extension SecretServiceStore {
    package static func present(_ context: Context, _ stops: PromptStops) throws(Failure) -> SecretServiceStore? {
        let store = SecretServiceStore(context, stops)
        return try store.head() == nil ? nil : store
    }

    package static func obstacle(_ context: Context) -> String? { DesktopSecrets(context).obstacle }

    package var path: String? { nil }
    /// Keys may be there before the marker is.
    package func isEmptyForNow() throws(Failure) -> Bool { false }
    package var isListExact: Bool { false }
    package func shows(_ name: KeyName) throws(Failure) -> Bool? {
        try desktop.has(DesktopSecrets.accessKeys, ["name": name.text])
    }

    package var keysOpenApart: Bool { false }
    package func keysDeadline() throws(Failure) -> Deadline? { nil }
    package func opensByItself() throws(Failure) -> Bool { true }
    package func opensUnasked() throws(Failure) -> Bool { true }

    package func outlook(needsCache: Bool) throws(Failure) -> StoreOutlook {
        do throws(Failure) { if needsCache { try lookForCacheKey() } } catch { return .closed(error) }
        return .unasked
    }

    /// Looks whether the key that encrypts sessions is to be had, or could be made.
    ///
    /// - Throws: why it would not be.
    private func lookForCacheKey() throws(Failure) {
        guard let identifier = try marker.identifier() else { throw Failure.noStore }
        guard try !desktop.has(DesktopSecrets.sessionCacheKeys, ["store": identifier]) else { return }
        guard desktop.obstacle == nil else { throw Failure(.noCollection) }
    }

    /// The keyring has locks and prompts of its own.
    package func lockKeys() throws(Failure) {}
    package func releaseTurn() {}
    package func takeSharedKey() -> Bool { false }
    package func share(_ key: borrowing SecretBytes) {}
}
