import Failures
import Linux
import Secrets
import Setup
import Vault

/// A file that opens the vault where it can be read.
package struct KeyfileSlot: SlotHandler {
    package var type: SlotType { .keyfile }
    package var spoken: String { "a file (keyfile)" }
    package var help: String? {
        "keyfile: it opens by itself where the file can be read; the file is made if it is not there. Name it in "
            + "WARDER_KEYFILE, in the settings (keyfile = …), or give it to a systemd unit:\n"
            + "LoadCredential=warder.keyfile:/etc/warder/key"
    }
    package var argument: SlotArgument? {
        SlotArgument(spoken: "the keyfile's path", placeholder: "PATH", help: "The keyfile's path.")
    }
    package var isUnattended: Bool { true }
    package var opensCopies: Bool { true }

    package func opening(of slots: [SlotSummary], in vault: VaultStore) throws(Failure) -> SlotOpening {
        guard let path = try Keyfile.path(vault.context) else {
            return .obstacle("no keyfile is named by WARDER_KEYFILE, the settings or a systemd credential")
        }
        do throws(Failure) {
            let contents = try Keyfile(path: path).read()
            return .opener { (bytes) throws(VaultError) in try Vault.open(bytes, keyfile: contents) }
        } catch { return .obstacle(error.message) }
    }

    package func mayOpen(_ slot: SlotSummary, of vault: VaultStore) throws(Failure) -> Bool {
        guard let path = try Keyfile.path(vault.context) else { return false }
        return isCredentialFile(path)
    }

    package func add(_ value: String?, to vault: VaultStore) throws(Failure) {
        try vault.addKeyfileSlot(value ?? "")
        vault.noteSlot(type)
    }

    package func renewal(in vault: VaultStore) throws(Failure) -> SlotRenewal {
        let contents = try vault.provenKeyfile()
        return SlotRenewal { (renewed) throws(Failure) in
            _ = try vault.inVault { () throws(VaultError) in
                try renewed.addKeyfileSlot(contents, random: vault.context.random)
            }
        }
    }
}

extension VaultStore {
    /// Lets the vault open by itself where the file can be read; the file is made where it is not there.
    package func addKeyfileSlot(_ path: String) throws(Failure) {
        try refuse(.keyfile)
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
            try changeFurther(.slots) { (vault) throws(Failure) in
                // Twice, one would go on opening the vault when the other is removed.
                guard !vault.opens(keyfile: contents) else {
                    throw Failure(.usage, "\(path) opens the vault already", hint: "see warder vault slots")
                }
                _ = try inVault { () throws(VaultError) in
                    try vault.addKeyfileSlot(contents, random: context.random)
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

    /// What is in the keyfile, which opened the vault just now.
    fileprivate func provenKeyfile() throws(Failure) -> SecretBytes {
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
}
