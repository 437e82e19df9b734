import Failures
import Linux
import Prompt
import Secrets
import Vault

/// Opening the vault, of many processes at once too.
extension VaultStore {
    /// Opens the vault, if it is not open yet.
    package func open() throws(Failure) {
        guard vault == nil else { return }
        try openAndKeep { (opener) throws(VaultFileError) in try self.file.open(until: Self.timeout, opener) }
    }

    /// Reads the vault again from its file, after it was open before.
    package func readAgain() throws(Failure) {
        try openAndKeep { (opener) throws(VaultFileError) in try self.file.open(until: Self.timeout, opener) }
    }

    package func open(unless isDone: @escaping () -> Bool, finish: (borrowing SecretBytes) -> Void) throws(Failure) {
        guard vault == nil else { return }
        lookAgain()
        if try mayAskSomebody() { return try openInTurn(unless: isDone, finish: finish) }
        let turn = try turnToFetch()
        defer { withExtendedLifetime(turn) {} }
        if isDone() { return }
        try openAndFinish(unless: isDone, finish)
    }

    /// Of many processes, one prompts; one that is stopped at the prompt passes its turn on, and queues again afterwards.
    private func openInTurn(
        unless isDone: @escaping () -> Bool, finish: (borrowing SecretBytes) -> Void
    ) throws(Failure) {
        try stops.resuming { () throws(Failure) in try openInOneTurn(unless: isDone, finish) }
    }

    /// A prompt that was sent away is an answer to all who waited for it.
    private func openInOneTurn(
        unless isDone: @escaping () -> Bool, _ finish: (borrowing SecretBytes) -> Void
    ) throws(Failure) {
        let start = Deadline.now
        let turn = try turnToAsk()
        if isDone() { return }
        guard !turn.wasDismissed(since: start) else { throw Self.dismissed }
        do throws(Failure) {
            try openAndFinish(unless: isDone, endingPrompt: stops.cancellation(where: isDone), finish)
        } catch {
            if error.cause == .answeredElsewhere { return }
            if error.scope != .nobody { turn.noteDismissal() }
            throw error
        }
        // The process that opened it also signs first: the others wait until it has what it wants.
        if isOpen { self.turn = consume turn }
    }

    private func turnToAsk() throws(Failure) -> PassphrasePromptLock {
        do throws(LockError) {
            return try PassphrasePromptLock(of: file.path, state: context.paths.state, context.waits) {
                // A person is told what there is to wait for.
                guard !context.isHelper else { return }
                context.console.note(
                    "another warder asks for the passphrase; answer it there, or run warder unlock here")
            }
        } catch { throw Failure(VaultFileError.lock(error)) }
    }

    private func openAndFinish(
        unless isDone: () -> Bool, endingPrompt cancellation: PromptCancellation? = nil,
        _ finish: (borrowing SecretBytes) -> Void
    ) throws(Failure) {
        try openAndKeep(endingPrompt: cancellation) { (opener) throws(VaultFileError) in
            try self.file.open(until: Self.timeout, unless: isDone, opener) { vault in
                if let key = try? vault.sessionCacheKey() { finish(key) }
            }
        }
    }

    /// Of many at once, one runs the command that gives the passphrase.
    private func turnToFetch() throws(Failure) -> BestEffortLock? {
        guard passphraseIsUnattended else { return nil }
        do throws(LockError) {
            return try BestEffortLock.acquire(file.path + ".lock", .byte(1), until: Self.timeout)
        } catch { throw Failure(VaultFileError.lock(error)) }
    }

    /// Opens the vault and takes it as the current one even where a newer generation was seen before.
    package func acceptOlder() throws(Failure) {
        try openAndKeep { (opener) throws(VaultFileError) in try self.file.acceptOlder(until: Self.timeout, opener) }
    }

    /// A person can be asked for the passphrase, and nothing else supplies it.
    private func mayAskSomebody() throws(Failure) -> Bool {
        guard !passphraseIsUnattended else { return false }
        let methods = try methods()
        let hasWindow = methods.contains { if case .pinentry = $0 { context.environment.hasDisplay } else { false } }
        return hasWindow || (!methods.isEmpty && context.canAsk)
    }

    private static var dismissed: Failure {
        Failure(
            .promptNeeded, "the vault's passphrase is needed, and the prompt of another warder was dismissed",
            hint: "run the command again")
    }
}
