import AuditLog
import Failures
import Sessions
import Vault

// Who gets into the vault: adding ways, removing them, and encrypting it anew for those that stay.

extension VaultStore {
    /// Removes a slot; what its key opened before it still opens in old copies.
    package func removeSlot(_ slot: SlotSummary) throws(Failure) {
        try change(.slots) { (vault) throws(VaultError) in
            if slot.identifier.isEmpty {
                try vault.removeSlots(slot.type)
            } else {
                try vault.removeSlot(slot.identifier)
            }
        }
        noteSlot(slot.type)
        forgetKey(of: slot)
    }

    /// Records that what opens the vault changed.
    func noteSlot(_ type: SlotType) { context.record(Event(.slotChanged, by: type.name)) }

    /// Encrypts the vault under a new key, with every slot but `removed` made anew.
    ///
    /// - Parameter word: what the user called the slot.
    package func renewKeys(without removed: SlotSummary, calledBy word: String) throws(Failure) {
        lookAgain()
        let before = try slots()
        let staying = before.filter { $0 != removed }
        guard !staying.isEmpty else { throw Failure(VaultError.noSlots, path: file.path) }
        try refuseUnrenewable(staying)
        var renewals: [SlotRenewal] = []
        for handler in SlotTypes.all where staying.contains(where: { $0.type == handler.type }) {
            renewals.append(try handler.renewal(in: self))
        }
        let unfinished = VaultFile.UnfinishedRenewal(word: word, slots: before)
        try inFile { (file) throws(VaultFileError) in try file.note(unfinished) }
        try changeFurther(.slots, renewing: true) { (vault) throws(Failure) in
            try inVault { () throws(VaultError) in try vault.renewKeys(random: context.random) }
            for renewal in renewals { try renewal.make(&vault) }
        }
        noteSlot(removed.type)
        for renewal in renewals { try renewal.finish() }
        try finish(unfinished)
    }

    /// A renewal of the keys that was interrupted once they were renewed; nil where there is none.
    package func unfinishedRenewal() throws(Failure) -> VaultFile.UnfinishedRenewal? {
        var found: VaultFile.UnfinishedRenewal?
        try inFile { (file) throws(VaultFileError) in found = try file.unfinishedRenewal() }
        guard let found, try found.isBehind(slots()) else { return nil }
        return found
    }

    /// Takes away what opened the vault, and what it opened, before its keys were renewed.
    package func finish(_ renewal: VaultFile.UnfinishedRenewal) throws(Failure) {
        try dropCopies()
        try dataKeyState()?.forget()
        for slot in renewal.slots { forgetKey(of: slot) }
        do throws(SessionCacheError) { try SessionFolder(context.paths.sessions).forgetAll() } catch {
            throw Failure(error)
        }
    }

    /// All is done, and the user has been told.
    package func forgetRenewal() throws(Failure) {
        try inFile { (file) throws(VaultFileError) in try file.forgetRenewal() }
    }

    private func inFile(_ work: (VaultFile) throws(VaultFileError) -> Void) throws(Failure) {
        do throws(VaultFileError) { try work(file) } catch { throw Failure(error) }
    }

    /// A slot can be made anew only with what opens it, and one of each type.
    private func refuseUnrenewable(_ slots: [SlotSummary]) throws(Failure) {
        var types: Set<SlotType> = []
        for slot in slots {
            let isFirst = types.insert(slot.type).inserted
            if let rule = try rule(against: slot.type) {
                throw Failure(
                    rule, forbids: "the \(slot.type.name) slot \(slot.identifier) would be made anew",
                    hint: "remove that slot first: warder vault slots remove \(slot.identifier)")
            }
            guard isFirst, try slot.handler?.canRenew(slot, of: self) == true else {
                throw Failure(
                    .other,
                    "the \(slot.spoken) cannot be made anew: what opens it is not here",
                    hint: "remove that slot first, or run this where it opens the vault")
            }
        }
    }

    /// What was kept of the vault before still opens by what was removed.
    private func dropCopies() throws(Failure) {
        let left: String?
        do throws(VaultFileError) { left = try file.dropPrevious() } catch { throw Failure(error) }
        if let left { context.console.note("\(left) still opens as before: remove it if you need nothing from it") }
    }

    private func forgetKey(of slot: SlotSummary) {
        guard let handler = slot.handler, let head = try? head() else { return }
        handler.forget(slot, ofVault: head.identifier, context)
    }
}

extension SlotSummary {
    /// Its type, and its identifier if it has one.
    fileprivate var spoken: String { "\(type.name) slot\(identifier.isEmpty ? "" : " " + identifier)" }
}
