import Chains
import Failures
import Profiles
import Secrets

/// What a chain begins with: one kind of source, in its own file.
///
/// A new kind is a case of `Chains.Source`, which `Chain.identity` writes down, and a line in `makeSource`.
package protocol ChainSource {
    /// The name for programs, as in `explain --json`.
    var kind: String { get }
    /// The settings that shape it, in display order.
    var parameters: [ChainParameter] { get }
    /// The name for people, in a tree of the chain.
    ///
    /// - Parameter isStoredToo: the store has the same key, as far as warder can see.
    func title(isStoredToo: Bool) -> String
    /// The profile or key that it belongs to; nil if that is the chain's.
    var owner: String? { get }
    /// The name of its key, if the key is in the store.
    var keyName: String? { get }
    /// Its key, if the key is in a file.
    var plaintextKey: PlaintextKey? { get }
    /// The role whose credentials it gives, for a table of sessions.
    var role: String? { get }
    /// Its credentials are sessions that warder caches, like those of the steps after it. A machine's credentials are
    /// always available, and a key is not a session.
    var isKept: Bool { get }
    /// It calls STS.
    var asksSTS: Bool { get }
    /// What distinguishes it from another source with the same settings: the environment may hold another key.
    var detail: String? { get }
    /// The line that selects the environment's credentials; nil if no line does.
    var environmentOrigin: Origin? { get }
    /// A later request for its credentials needs environment variables that hold credentials.
    var readsEnvironment: Bool { get }
    /// A file of settings or tokens that its requests depend on, besides the profiles' files.
    var file: String? { get }
    /// Fails if waiting for it would never end.
    func refuseCircle() throws(Failure)
    /// Fails if its settings cannot give credentials, whatever AWS answers.
    func check() throws(Failure)
    /// Its credentials.
    func credentials() throws(Failure) -> Credentials
    /// Why `credentials` would fail now in a process that must not prompt; nil if nothing is known to prevent it. Reads
    /// no secret, and asks only the Secret Service, for its list.
    func obstacle() throws(Failure) -> Failure?
}

/// Defaults that fit most sources.
extension ChainSource {
    package var owner: String? { nil }
    package var keyName: String? { nil }
    package var plaintextKey: PlaintextKey? { nil }
    package var role: String? { nil }
    package var isKept: Bool { false }
    package var asksSTS: Bool { false }
    package var detail: String? { nil }
    package var environmentOrigin: Origin? { nil }
    package var readsEnvironment: Bool { false }
    package var file: String? { nil }
    package func refuseCircle() throws(Failure) {}
    package func check() throws(Failure) {}
    package func obstacle() throws(Failure) -> Failure? { nil }
}
