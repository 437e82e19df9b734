import Failures
import Secrets
import Setup
import Vault

/// A slot type: one kind of thing that opens a vault, in a file of its own and a line in `SlotTypes`.
///
/// The byte that stands for it in the file, and how a key is made of its input, are the vault's format and stay in module
/// `Vault`. Everything else that differs from type to type is here.
package protocol SlotHandler: Sendable {
    /// Its type in the vault's file.
    var type: SlotType { get }
    /// What it is, in a list of ways into the vault.
    var spoken: String { get }
    /// What `warder vault slots add` says of it; nil where its name says all.
    var help: String? { get }
    /// What `warder vault slots add` wants beside its name; nil for nothing.
    var argument: SlotArgument? { get }

    // Opening

    /// It opens the vault without a prompt, where what it needs is there.
    var isUnattended: Bool { get }
    /// What opens it belongs to no vault in particular, and opens a copy that lies elsewhere too.
    var opensCopies: Bool { get }
    /// What a vault that only this opens is lost with; nil where it stays with the user.
    var keeper: String? { get }
    /// What opens one of `slots`, which are of this type, without a prompt for the vault's passphrase.
    func opening(of slots: [SlotSummary], in vault: VaultStore) throws(Failure) -> SlotOpening
    /// Whether `opening` would have an opener for the next process, as far as can be seen without a secret.
    func mayOpen(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool

    // Changing

    /// Adds a slot.
    ///
    /// - Parameter value: as `argument` describes it; nil where it does not.
    func add(_ value: String?, to vault: VaultStore) throws(Failure)
    /// What opens the slot is here, so that it can be made anew under other keys.
    func canRenew(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool
    /// Gets what opens its slot, proves it on the vault, and gives what makes the slot anew.
    func renewal(in vault: VaultStore) throws(Failure) -> SlotRenewal
    /// Makes good what `SlotRenewal.finish` did not come to: the process was ended, with the vault's keys renewed.
    func finishInterruptedRenewal(of vault: VaultStore) throws(Failure)
    /// Deletes what opened a slot that is gone, where warder keeps it.
    ///
    /// - Parameter vault: the identifier of the vault that had it.
    func forget(_ slot: SlotSummary, ofVault vault: String, _ context: Context)
}

/// What a slot type wants of the command line.
package struct SlotArgument: Sendable {
    /// What a message calls it.
    package let spoken: String
    /// What usage calls it.
    package let placeholder: String
    /// What help says of it.
    package let help: String
}

/// What there is to open a slot with.
package enum SlotOpening {
    case opener(VaultOpener)
    /// It would open, but for this.
    case obstacle(String)
    /// Nothing is known that would open it.
    case nothing
}

/// A slot that is made anew in a vault whose keys were renewed.
package struct SlotRenewal {
    /// Makes it, before the vault is written.
    let make: (inout Vault) throws(Failure) -> Void
    /// What is left to do once the vault is written.
    var finish: () throws(Failure) -> Void = {}
}

/// What most slot types are not.
extension SlotHandler {
    package var help: String? { nil }
    package var argument: SlotArgument? { nil }
    package var isUnattended: Bool { false }
    package var opensCopies: Bool { false }
    package var keeper: String? { nil }
    package func opening(of slots: [SlotSummary], in vault: VaultStore) throws(Failure) -> SlotOpening { .nothing }
    package func mayOpen(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool { false }
    package func canRenew(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool { true }
    package func finishInterruptedRenewal(of vault: VaultStore) throws(Failure) {}
    package func forget(_ slot: SlotSummary, ofVault vault: String, _ context: Context) {}

    /// Fails where the vault has a slot of this type, of which it can have only one.
    func refuseSecond(in vault: VaultStore) throws(Failure) {
        guard try vault.slots().contains(where: { $0.type == type }) else { return }
        throw Failure(
            .usage, "the vault has a \(type.name) slot already", hint: "to change it: warder vault \(type.name)")
    }
}
