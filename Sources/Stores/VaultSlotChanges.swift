import Desktop
import Failures
import Linux
import Prompt
import Secrets
import Sessions
import Vault

// Who gets into the vault: adding ways, removing them, and encrypting it anew for those that stay.

extension VaultStore {
    /// Lets the vault open by itself on this desktop.
    package func addDesktopSlot() throws(Failure) {
        let desktop = DesktopSecrets(context)
        // Its dialog must not come up while the vault is held.
        try desktop.with { (service) throws(SecretServiceError) in try service.unlock() }
        let key = try randomKey(context.random)
        try changeSlots { (vault) throws(Failure) in try self.addDesktopSlot(key, to: &vault, desktop) }
    }

    /// The key goes into the keyring before the vault is written: a slot without one would be of no use.
    private func addDesktopSlot(
        _ key: borrowing SecretBytes, to vault: inout Vault, _ desktop: DesktopSecrets
    ) throws(Failure) {
        let slot: String
        do throws(VaultError) { slot = try vault.addLibsecretSlot(key, random: context.random) } catch {
            throw Failure(error, path: file.path)
        }
        try desktop.putVaultKey(key, vault: vault.identifier.hex, slot: slot)
    }

    /// Lets the vault open by itself where the file can be read; the file is made where it is not there.
    package func addKeyfileSlot(_ path: String) throws(Failure) {
        let path = absolute(path)
        let keyfile = Keyfile(path: path)
        // Before a file is made for nothing.
        try openAndKeep(.slots) { (opener) throws(VaultFileError) in try self.file.open(until: Self.timeout, opener) }
        guard try slots().count < VaultHeader.maximumSlots else {
            throw Failure(VaultError.tooManySlots, path: file.path)
        }
        let isNew = modificationTime(of: path) == nil
        if isNew { try keyfile.make(context.random) }
        do throws(Failure) {
            let contents = try keyfile.read()
            try changeSlots { (vault) throws(Failure) in
                // Twice, one would go on opening the vault when the other is removed.
                guard !vault.opens(keyfile: contents) else {
                    throw Failure(.usage, "\(path) opens the vault already", hint: "see warder vault slots")
                }
                do throws(VaultError) { try vault.addKeyfileSlot(contents, random: self.context.random) } catch {
                    throw Failure(error, path: self.file.path)
                }
            }
        } catch {
            // It stays: another process may have made a slot for it meanwhile, which would open no more.
            guard isNew else { throw error }
            throw Failure(error.code, error.message, hint: error.hint + "; the keyfile was made, and has no slot yet")
        }
        if try Keyfile.path(context) != path {
            context.console.note(
                "to have it found, set WARDER_KEYFILE or, in \(context.paths.settings): keyfile = \(path)")
        }
    }

    /// Removes a slot; what its key opened before it still opens in old copies.
    package func removeSlot(_ slot: SlotSummary) throws(Failure) {
        try change(.slots) { (vault) throws(VaultError) in
            if slot.identifier.isEmpty {
                try vault.removeSlots(slot.type)
            } else {
                try vault.removeSlot(slot.identifier)
            }
        }
        forgetDesktopKey(of: slot)
    }

    /// Encrypts the vault under a new key, with every slot but `removed` made anew.
    ///
    /// - Parameter word: what the user called the slot.
    package func renewKeys(without removed: SlotSummary, calledBy word: String) throws(Failure) {
        let before = try slots()
        let staying = before.filter { $0 != removed }
        guard !staying.isEmpty else { throw Failure(VaultError.noSlots, path: file.path) }
        let desktop = DesktopSecrets(context)
        try refuseUnrenewable(staying, desktop)
        let passphrase = try staying.contains { $0.type == .passphrase } ? provenPassphrase() : nil
        let contents = try staying.contains { $0.type == .keyfile } ? provenKeyfile() : nil
        let onDesktop = staying.contains { $0.type == .libsecret }
        let key = try randomKey(context.random)
        let made = CodeBox()
        let unfinished = VaultFile.UnfinishedRenewal(word: word, slots: before)
        try inFile { (file) throws(VaultFileError) in try file.note(unfinished) }
        try changeSlots(renewing: true) { (vault) throws(Failure) in
            do throws(VaultError) {
                try vault.renewKeys(random: self.context.random)
                switch passphrase {
                case .some(let passphrase):
                    let cost = self.context.world.passphraseCost
                    try vault.setPassphrase(passphrase, cost: cost, random: self.context.random)
                case .none: break
                }
                switch contents {
                case .some(let contents): try vault.addKeyfileSlot(contents, random: self.context.random)
                case .none: break
                }
                if staying.contains(where: { $0.type == .recovery }) {
                    made.code = try vault.setRecoveryCode(random: self.context.random)
                }
            } catch { throw Failure(error, path: self.file.path) }
            if onDesktop { try self.addDesktopSlot(key, to: &vault, desktop) }
        }
        switch made.code.take() {
        case .some(let code): try showRecoveryCode(code, printed: true)
        case .none: break
        }
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
        for slot in renewal.slots { forgetDesktopKey(of: slot) }
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

    /// A slot can be made anew only with what opens it.
    private func refuseUnrenewable(_ slots: [SlotSummary], _ desktop: DesktopSecrets) throws(Failure) {
        guard let vault = try head()?.identifier else { return }
        var isOnDesktop = false
        var hasKeyfile = false
        for slot in slots {
            let isRenewable: Bool
            switch slot.type {
            case .passphrase, .recovery: isRenewable = true
            case .keyfile:
                isRenewable = !hasKeyfile
                hasKeyfile = true
            case .libsecret:
                let key = try desktop.vaultKey(vault: vault, slot: slot.identifier)
                isRenewable = key != nil && !isOnDesktop
                isOnDesktop = true
            default: isRenewable = false
            }
            guard isRenewable else {
                throw Failure(
                    .other,
                    "the \(slot.type.name) slot \(slot.identifier) cannot be made anew: what opens it is not here",
                    hint: "remove that slot first, or run this where it opens the vault")
            }
        }
    }

    /// The passphrase, which opened the vault just now.
    private func provenPassphrase() throws(Failure) -> SecretBytes {
        opening = StoreOpening(method: passphraseMethod, snapshot: try lockSnapshot())
        var said = ""
        let passphrase = try currentPassphrase(passphraseSource(), nil) { said = $0 }
        do throws(VaultFileError) {
            vault = try file.open(until: Self.timeout) { (bytes) throws(VaultError) in
                try Vault.open(bytes, passphrase: passphrase)
            }
        } catch { throw Failure(error).quoting(said) }
        return passphrase
    }

    /// What is in the keyfile, which opened the vault just now.
    private func provenKeyfile() throws(Failure) -> SecretBytes {
        guard let path = try Keyfile.path(context) else {
            throw Failure(
                .other, "the vault has a keyfile slot, and no keyfile is named",
                hint: "set WARDER_KEYFILE to it, or remove that slot first")
        }
        let contents = try Keyfile(path: path).read()
        if vault == nil { opening = StoreOpening(method: .unasked, snapshot: try lockSnapshot()) }
        do throws(VaultFileError) {
            vault = try file.open(until: Self.timeout) { (bytes) throws(VaultError) in
                try Vault.open(bytes, keyfile: contents)
            }
        } catch { throw Failure(error) }
        return contents
    }

    /// What was kept of the vault before still opens by what was removed.
    private func dropCopies() throws(Failure) {
        let left: String?
        do throws(VaultFileError) { left = try file.dropPrevious() } catch { throw Failure(error) }
        if let left { context.console.note("\(left) still opens as before: remove it if you need nothing from it") }
    }

    private func forgetDesktopKey(of slot: SlotSummary) {
        guard slot.type == .libsecret, let head = try? head() else { return }
        _ = try? DesktopSecrets(context).removeVaultKey(vault: head.identifier, slot: slot.identifier)
    }

    /// Changes the vault by what may also fail for reasons of its own.
    ///
    /// - Parameter renewing: its keys are renewed, and nothing is kept of it.
    private func changeSlots(
        renewing: Bool = false, _ body: @escaping (inout Vault) throws(Failure) -> Void
    ) throws(Failure) {
        var failure: Failure?
        do throws(Failure) {
            try change(.slots, renewing: renewing) { (vault) throws(VaultError) in
                do throws(Failure) { try body(&vault) } catch {
                    failure = error
                    // Whatever it is called, it keeps the vault from being written.
                    throw .damaged
                }
            }
        } catch { throw failure ?? error }
    }
}
