import Chains
import Failures
import Profiles
import Secrets

/// What a chain begins with: one kind of source, in a file of its own.
///
/// A new kind is a case of `Chains.Source`, which `Chain.identity` writes down, and a line in `makeSource`.
package protocol ChainSource {
    /// What programs call it, as in `explain --json`.
    var kind: String { get }
    /// The settings that shape it, in the order they are shown.
    var parameters: [ChainParameter] { get }
    /// What people call it, in a tree of the chain.
    ///
    /// - Parameter isStoredToo: the store has the same key, as far as that can be seen.
    func title(isStoredToo: Bool) -> String
    /// The profile or the key that it belongs to; nil where that is the chain's.
    var owner: String? { get }
    /// The key that it is, where the store has it.
    var keyName: String? { get }
    /// The key that it is, where it stands in a file.
    var plaintextKey: PlaintextKey? { get }
    /// The role that it gives, for a table of sessions.
    var role: String? { get }
    /// Its credentials are sessions that are kept, like those of the steps after it. Those of a machine can be had at any
    /// time, and a key is not a session.
    var isKept: Bool { get }
    /// It is asked of STS.
    var asksSTS: Bool { get }
    /// What tells it from another source of the same settings: the environment may hold another key.
    var detail: String? { get }
    /// The line that sends it to the environment's credentials; nil where it does not go there.
    var environmentOrigin: Origin? { get }
    /// It needs variables that credentials stand in, when it is asked again.
    var readsEnvironment: Bool { get }
    /// A file of settings or tokens that its requests depend on, beside the profiles'.
    var file: String? { get }
    /// Fails where waiting for it would never end.
    func refuseCircle() throws(Failure)
    /// Fails where its settings cannot give credentials, whatever AWS says.
    func check() throws(Failure)
    /// Its credentials.
    func credentials() throws(Failure) -> Credentials
    /// Why `credentials` would fail now, for a process that must not prompt; nil where nothing speaks against it. Reads no
    /// secret, and asks nothing but the Secret Service for what it lists.
    func obstacle() throws(Failure) -> Failure?
}

/// What most sources are not.
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
