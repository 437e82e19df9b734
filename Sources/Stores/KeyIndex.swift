import Failures
import Sessions
import Setup

/// What is known of the keys without opening the store: the list that was noted, encrypted beside the sessions, when it
/// was last open.
struct KeyIndex {
    let context: Context

    /// The list as it was noted; nil where it was noted of another state of the store.
    func noted(_ sessions: borrowing SessionCache, _ head: StoreHead) throws(Failure) -> [IndexedKey]? {
        do throws(SessionCacheError) { return try sessions.keyIndex(generation: head.generation) } catch {
            throw Failure(error)
        }
    }

    /// Notes what an open store holds.
    ///
    /// - Parameter change: what became of the keys that a store listed before which is not read as a whole.
    func note(
        _ store: any KeyStore, _ head: StoreHead, _ sessions: borrowing SessionCache,
        _ change: ([IndexedKey]) -> [IndexedKey]
    ) throws(Failure) {
        let keys: [IndexedKey]
        if store.isListExact {
            keys = try store.listing(noted: [])
        } else if let noted = try? sessions.keyIndex(generation: head.generation) {
            keys = change(noted)
        } else {
            guard let listed = try? store.listing(noted: []) else { return }
            keys = change(listed)
        }
        // A list that cannot be noted, on a full disk say, only costs a passphrase later.
        try? sessions.noteKeys(keys, generation: head.generation, random: context.random)
    }
}
