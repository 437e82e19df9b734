import Desktop
import Failures
import Linux
import Secrets
import Setup

/// What warder keeps in the desktop's Secret Service, and how long it waits for it.
package struct DesktopSecrets {
    /// A stored access key.
    package static let accessKeys = SecretSchema(name: "org.warder.AccessKey", attributes: ["name"])
    /// The key that encrypts sessions.
    static let sessionCacheKeys = SecretSchema(name: "org.warder.SessionCacheKey", attributes: ["store"])
    /// What opens a `libsecret` slot of a vault.
    static let vaultKeys = SecretSchema(name: "org.warder.VaultKey", attributes: ["vault", "slot"])

    /// Where a log began, which its seal is verified by.
    static let logSeals = SecretSchema(name: "org.warder.LogSeal", attributes: ["log"])

    private let context: Context

    package init(_ context: Context) { self.context = context }

    /// Timeout for calls that never prompt, in milliseconds: an SDK's helper has half a second.
    private var timeout: Int64 { context.isHelper ? 500 : 3000 }

    private func service(_ dialogs: DialogPolicy, milliseconds: Int64) -> SecretService {
        SecretService(
            busAddress: context.environment.nonEmpty("DBUS_SESSION_BUS_ADDRESS"),
            runtimeFolder: context.paths.runtime, dialogs: dialogs, until: .after(milliseconds: milliseconds))
    }

    /// Runs `work` with the service, which is unlocked for it by a dialog where that is needed and allowed.
    func with<R: ~Copyable>(_ work: (SecretService) throws(SecretServiceError) -> R) throws(Failure) -> R {
        do throws(SecretServiceError) { return try unlocking(work) } catch { throw failure(error) }
    }

    /// In the user's words, which depend on whether a dialog would be seen here.
    private func failure(_ error: SecretServiceError) -> Failure {
        guard !context.environment.hasDisplay, error == .locked || error == .dismissed else { return Failure(error) }
        return Failure.lockedWithoutDisplay(isDismissed: error == .dismissed)
    }

    private func unlocking<R: ~Copyable>(
        _ work: (SecretService) throws(SecretServiceError) -> R
    ) throws(SecretServiceError) -> R {
        // Silently first: a service that hangs is detected before the user is asked to wait for it.
        do throws(SecretServiceError) { return try work(service(.never, milliseconds: timeout)) } catch {
            guard context.mayShowDialog, error == .locked || error == .noCollection else { throw error }
        }
        // What only looks has no dialog of its own.
        let console = context.console
        let announce: @Sendable () -> Void = { console.note("the desktop's keyring is locked: answer its dialog") }
        let asking = service(.allowed(announce: announce), milliseconds: 120_000)
        do throws(SecretServiceError) { try asking.unlock() } catch {
            // One is made by what is stored first.
            guard error == .noCollection else { throw error }
        }
        return try work(asking)
    }

    /// Runs what only looks: it never prompts, and times out soon.
    func look<R>(_ work: (SecretService) throws(SecretServiceError) -> R) throws(Failure) -> R {
        do throws(SecretServiceError) { return try work(service(.never, milliseconds: 500)) } catch {
            throw failure(error)
        }
    }

    /// Whether `with` would find the secret of the item with these attributes now, without a prompt; no secret is read.
    ///
    /// - Throws: why it would not get that far.
    package func has(_ schema: SecretSchema, _ attributes: [String: String]) throws(Failure) -> Bool {
        let items = try look { (service) throws(SecretServiceError) in try service.items(schema, attributes) }
        if items.contains(where: { !$0.isLocked }) { return true }
        guard items.isEmpty else { throw failure(.locked) }
        return false
    }

    /// What is to be seen of the service and the keys in it within half a second, without starting anything.
    package func survey() throws(SecretServiceError) -> ServiceSurvey {
        try service(.never, milliseconds: 500).survey(Self.accessKeys)
    }

    /// Why no key could be stored in it at once; nil where it answers, and nothing would have to be asked before.
    var obstacle: String? {
        do throws(SecretServiceError) {
            return try service(.never, milliseconds: 500).isUnlocked()
                ? nil : Failure(SecretServiceError.locked).message
        } catch { return Failure(error).message }
    }

    /// What opens a `libsecret` slot, 32 bytes; nil where this desktop has none for it.
    func vaultKey(vault: String, slot: String) throws(Failure) -> SecretBytes? {
        guard
            let text = try with({ (service) throws(SecretServiceError) in
                try service.secret(Self.vaultKeys, ["vault": vault, "slot": slot])
            })
        else { return nil }
        return SecretBytes.of(hexadecimal: text, count: 32)
    }

    /// Stores what opens a `libsecret` slot.
    func putVaultKey(_ key: borrowing SecretBytes, vault: String, slot: String) throws(Failure) {
        let text = key.inHexadecimal
        try with { (service) throws(SecretServiceError) in
            try service.put(
                text, Self.vaultKeys, ["vault": vault, "slot": slot],
                label: "warder: opens the vault \(vault.prefix(8))")
        }
    }

    /// Deletes what opened a `libsecret` slot; whether it was there.
    @discardableResult
    func removeVaultKey(vault: String, slot: String) throws(Failure) -> Bool {
        try with { (service) throws(SecretServiceError) in
            try service.remove(Self.vaultKeys, ["vault": vault, "slot": slot])
        }
    }
}
