import Linux
import Secrets
import Setup
import Text

/// The turn to ask a person for the vault's passphrase. Of many processes that want it at once, one asks: the others wait
/// for it, then find the vault unlocked, or that the prompt was sent away.
struct PassphrasePromptLock: ~Copyable {
    private let lock: BestEffortLock
    private let folder: String
    private var note: String { folder + "/dismissed" }

    /// Waits for the turn, for as long as a person may take to answer another process's prompts: for the passphrase, and a
    /// code.
    ///
    /// - Parameters:
    ///   - path: the vault.
    ///   - state: warder's folder for what is no secret.
    ///   - waits: how long others are waited for.
    ///   - isLong: told where it takes longer than another's own work does as a rule.
    init(of path: String, state: String, _ waits: WaitLimits, isLong: () -> Void) throws(LockError) {
        folder = state
        if let free = try Self.freeLock(path, waits) {
            lock = free
            return
        }
        isLong()
        lock = try Self.lock(path, milliseconds: 2 * waits.whilePrompting)
    }

    /// The lock, if it is free before the user should be told of the wait.
    private static func freeLock(_ path: String, _ waits: WaitLimits) throws(LockError) -> BestEffortLock? {
        do throws(LockError) { return try lock(path, milliseconds: waits.beforeNotice) } catch {
            guard case .timedOut = error else { throw error }
            return nil
        }
    }

    private static func lock(_ path: String, milliseconds: Int64) throws(LockError) -> BestEffortLock {
        try BestEffortLock.acquire(path + ".lock", .byte(2), until: .after(milliseconds: milliseconds))
    }

    /// Whether a prompt was sent away at `start` or later: one that this process waited for.
    func wasDismissed(since start: Deadline) -> Bool {
        guard let boot = bootIdentifier(), let text = try? readPrivateFile(note, limit: 128) else { return false }
        let words = text.text(0..<text.count).utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
        guard words.count == 2, words[0].isSame(as: boot), let moment = Int64(words[1]) else { return false }
        let dismissed = Deadline(milliseconds: moment)
        return dismissed >= start && dismissed <= .now
    }

    /// Notes that the prompt was sent away, for those who wait. Failing to only costs them a prompt.
    func noteDismissal() {
        guard let boot = bootIdentifier() else { return }
        var text = SecretBytes(capacity: 64)
        text.append("\(boot) \(Deadline.now.milliseconds)")
        let note = note
        guard (try? makePrivateFolder(folder)) != nil else { return }
        try? text.withUnsafeBytes { (text) throws(SystemError) in try writeAtomically(text, to: note, .cache) }
    }
}
