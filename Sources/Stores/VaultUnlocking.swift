import AuditLog
import Failures
import Linux
import Prompt
import Secrets
import Sessions
import Setup
import Vault

// The ways into the vault, and the order in which they are tried: those that never prompt come first, unless the caller
// gave a passphrase by a variable, which is meant to be the one that is used.

extension VaultStore {
    /// What may open the vault.
    package enum OpeningPolicy {
        /// Also a data key that `warder unlock --keys` left in the kernel, if the machine's rules let the vault be opened
        /// so; and of the slots, those that the rules allow.
        case unlocked
        /// The same, whatever the rules forbid: for what moves the keys elsewhere.
        case leaving
        /// Its slots alone, whatever the rules forbid: for what changes who gets in.
        case slots
        /// The slots of a copy that lies elsewhere.
        case copy
    }

    /// Opens the vault by the first way that does, does `work` with it, and keeps the vault that comes of it.
    ///
    /// - Parameters:
    ///   - cancellation: what ends the prompt for its passphrase; nil for Ctrl-Z alone.
    ///   - work: gives the vault, or nil where it need not be opened after all.
    func openAndKeep(
        _ policy: OpeningPolicy = .unlocked, endingPrompt cancellation: PromptCancellation? = nil,
        _ work: (VaultOpener) throws(VaultFileError) -> Vault?
    ) throws(Failure) {
        lookAgain()
        if policy != .copy {
            guard try exists() else { throw Failure(VaultFileError.absent(path: file.path)) }
            if try attempt(openedBefore(), work) { return }
        }
        // Before anything is read or asked for: what is locked from here on stays locked.
        opening = StoreOpening(
            method: .unasked, snapshot: policy == .copy ? try lockSnapshotOfReplaced() : try lockSnapshot())
        if policy == .unlocked || policy == .leaving, try attempt(leftUnlocked(policy), work) { return }
        var obstacle: String?
        if !isPassphraseGiven, try openUnattended(policy, &obstacle, work) { return }
        try openAndKeepByPassphrase(policy, obstacle, cancellation ?? stops.cancellation(), work)
    }

    /// Whether the vault may open without a prompt.
    package func opensUnasked() throws(Failure) -> Bool {
        if passphraseIsUnattended { return true }
        if try keysDeadline() != nil { return true }
        return try hasUnattendedSlot()
    }

    /// Whether it has a slot that opens without asking.
    package func hasUnattendedSlot() throws(Failure) -> Bool {
        let rules = try context.policy()
        return try slots().contains { $0.handler?.isUnattended == true && rules.rule(againstSlot: $0.type.name) == nil }
    }

    /// Opens the vault, and leaves its data key unlocked for `seconds`.
    package func leaveUnlocked(seconds: Int) throws(Failure) {
        try refuseUnlockedKeys()
        let snapshot = try dataKeyState()?.lockSnapshot()
        try open()
        guard let key = vault?.copyOfDataKey(), let state = try dataKeyState() else { return }
        do throws(UnlockedStateError) { try state.unlock(key, seconds: seconds, snapshot: snapshot) } catch {
            throw Failure(error)
        }
        context.record(Event(.unlocked, by: "keys"))
    }

    /// The vault's slots, read without opening it; none where there is no vault.
    package func slots() throws(Failure) -> [SlotSummary] {
        do throws(VaultFileError) { return try file.slots() ?? [] } catch { throw Failure(error) }
    }

    /// Whether `opener` was there and opened.
    private func attempt(
        _ opener: VaultOpener?, _ work: (VaultOpener) throws(VaultFileError) -> Vault?
    ) throws(Failure) -> Bool {
        guard let opener else { return false }
        do throws(VaultFileError) {
            vault = try work(opener)
            return true
        } catch {
            switch error {
            case .vault(.wrongPassphrase, _), .vault(.noSuchSlot, _), .vault(.unusableKeyfile, _),
                .vault(.unusableKey, _):
                return false
            default: throw Failure(error)
            }
        }
    }

    // MARK: - Without asking

    /// The data key that opened the vault before in this run.
    private func openedBefore() -> VaultOpener? {
        guard let key = vault?.copyOfDataKey() else { return nil }
        return { (bytes) throws(VaultError) in try Vault.open(bytes, dataKey: key) }
    }

    /// The data key that `warder unlock --keys` left.
    private func leftUnlocked(_ policy: OpeningPolicy) throws(Failure) -> VaultOpener? {
        if policy == .unlocked, try context.policy().unlockedKeysRule != nil { return nil }
        guard let key = try dataKeyState()?.key() else { return nil }
        return { (bytes) throws(VaultError) in try Vault.open(bytes, dataKey: key) }
    }

    /// Where `warder unlock --keys` leaves the data key.
    package func dataKeyState() throws(Failure) -> UnlockedState? {
        guard let head = try head() else { return nil }
        return UnlockedState(
            .vaultKey, store: head.identifier, runtimeFolder: context.paths.runtime, limit: context.longestUnlock)
    }

    /// Tries the slots that open without a prompt; whether one did.
    ///
    /// - Parameter obstacle: what to say where none did, and something speaks against it.
    private func openUnattended(
        _ policy: OpeningPolicy, _ obstacle: inout String?, _ work: (VaultOpener) throws(VaultFileError) -> Vault?
    ) throws(Failure) -> Bool {
        let rules = policy == .unlocked ? try context.policy() : Policy()
        for handler in SlotTypes.all where handler.isUnattended && (policy != .copy || handler.opensCopies) {
            // Of a damaged vault, in whose place a copy is put, they may not be readable.
            let present = policy == .copy ? (try? slots()) ?? [] : try slots()
            let slots = present.filter { $0.type == handler.type }
            guard !slots.isEmpty, rules.rule(againstSlot: handler.type.name) == nil else { continue }
            switch try handler.opening(of: slots, in: self) {
            case .opener(let opener): if try attempt(opener, work) { return true }
            case .obstacle(let reason): obstacle = reason
            case .nothing: break
            }
        }
        if obstacle == nil, policy != .copy {
            let present = try slots().first {
                $0.handler?.isUnattended == true && rules.rule(againstSlot: $0.type.name) == nil
            }
            obstacle = present.map { "what is at hand does not open its \($0.type.name) slot" }
        }
        return false
    }

    // MARK: - By passphrase

    /// Asks for the passphrase. Where a person types it, a wrong one may be mended twice.
    private func openAndKeepByPassphrase(
        _ policy: OpeningPolicy, _ obstacle: String?, _ cancellation: PromptCancellation,
        _ work: (VaultOpener) throws(VaultFileError) -> Vault?
    ) throws(Failure) {
        if policy != .copy, try !slots().contains(where: { $0.type == .passphrase }) {
            if policy == .unlocked, let refusal = try forbiddenSlots() { throw refusal }
            throw noWay(obstacle)
        }
        if policy == .unlocked, try rule(against: .passphrase) != nil, let refusal = try forbiddenSlots() {
            throw refusal
        }
        opening.method = passphraseMethod
        let source = try passphraseSource()
        var attempts = passphraseIsUnattended ? 1 : 3
        var complaint: String?
        while true {
            var said = ""
            let passphrase = try currentPassphrase(source, after: complaint, obstacle, cancellation) { said = $0 }
            do throws(VaultFileError) {
                vault = try work { (bytes) throws(VaultError) in try Vault.open(bytes, passphrase: passphrase) }
                return
            } catch {
                attempts -= 1
                guard case .vault(.wrongPassphrase, _) = error, attempts > 0 else { throw Failure(error).quoting(said) }
                complaint = "that is not it"
            }
        }
    }

    /// Nothing opened it, and nothing can.
    func noWay(_ obstacle: String?) -> Failure {
        Failure(
            .locked, "the vault \(file.path) has no passphrase, and nothing else opened it",
            hint: obstacle ?? "see what opens it: warder vault slots")
    }

    func currentPassphrase(
        _ source: PassphraseSource, after complaint: String? = nil, _ obstacle: String?,
        _ cancellation: PromptCancellation, hear: (String) -> Void = { _ in }
    ) throws(Failure) -> SecretBytes {
        let question = "passphrase for \(file.path): "
        do throws(PassphraseError) {
            return try source.passphrase(
                asking: question, again: nil, error: complaint, in: context.environment, cancellation: cancellation,
                hear: hear)
        } catch {
            switch error {
            case .notAllowed, .terminal(.none), .terminal(.background), .pinentry(.noDisplay):
                throw Failure.locked(
                    vault: file.path, because: obstacle, sessionsAreOpen: try sessionsAreOpen,
                    keysMayOpen: try context.policy().unlockedKeysRule == nil)
            default: throw Failure(error)
            }
        }
    }

    /// What was cached can be read, and only the keys themselves cannot.
    private var sessionsAreOpen: Bool {
        get throws(Failure) {
            guard let head = try head() else { return false }
            let state = UnlockedState(.sessionCache, store: head.identifier, runtimeFolder: context.paths.runtime)
            return state.deadline != nil
        }
    }

    /// A passphrase for a new vault, or in place of the one before: asked for twice.
    func choosePassphrase(_ source: PassphraseSource) throws(Failure) -> SecretBytes {
        let passphrase: SecretBytes
        do throws(PassphraseError) {
            passphrase = try source.passphrase(
                asking: "choose a passphrase for \(file.path): ", again: "once more: ", in: context.environment)
        } catch { throw Failure(error) }
        try refuseShort(passphrase)
        if let weakness = PassphraseWeakness(of: passphrase) { weakness.show(on: context.console) }
        return passphrase
    }

    /// Where the passphrase comes from, by the settings.
    func passphraseSource() throws(Failure) -> PassphraseSource {
        .current(asking: try methods(), credentialsFolder: context.credentialsFolder)
    }

    /// Who may be asked, by the settings.
    func methods() throws(Failure) -> [PromptMethod] {
        guard context.mayPrompt else { return [] }
        let settings = try Settings.load(context)
        return context.isHelper ? settings.helperMethods : settings.methods
    }

    /// A variable gives the passphrase.
    var isPassphraseGiven: Bool {
        PassphraseSource.current(asking: [], credentialsFolder: nil).isUnattended(in: context.environment)
    }

    /// A variable or a credential gives the passphrase.
    var passphraseIsUnattended: Bool {
        PassphraseSource.current(asking: [], credentialsFolder: context.credentialsFolder)
            .isUnattended(in: context.environment)
    }
}
