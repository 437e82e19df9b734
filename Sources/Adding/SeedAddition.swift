import Failures
import KeyInput
import Linux
import TOTP
import Prompt
import Secrets
import Setup
import Stores
import Vault

/// Asks for the seed of one-time codes, stores it with a key, and shows that it works.
package struct SeedAddition {
    let context: Context
    let name: String
    let source: KeySource
    let mfaSerial: String?
    /// The profile, if it is to be written in any case.
    let profile: ProfileAddition?

    /// The options of the command line for the seed.
    package init(
        context: Context, name: String, source: KeySource, mfaSerial: String?, profile: ProfileAddition?
    ) {
        self.context = context
        self.name = name
        self.source = source
        self.mfaSerial = mfaSerial
        self.profile = profile
    }

    /// Stores the seed with an existing key, or removes it; returns false if there is no such key yet.
    ///
    /// - Parameter storing: false to remove it.
    package func change(storing: Bool) throws(Failure) -> Bool {
        let keyName = try KeyChecks.keyName(name)
        try KeyChecks.check(serial: mfaSerial)
        if storing { try context.policy().refuseSeeds() }
        let keys = Keys(context)
        guard try keys.store() != nil, try keys.holds(name) else {
            if storing { return false }
            throw Failure.noSuchKey(name)
        }
        guard storing else {
            guard try keys.storedRecord(keyName).summary.hasTOTPSeed else {
                context.console.note("the key \(name) has no seed of one-time codes")
                return true
            }
            try keys.setTOTPSeed(nil, of: keyName)
            context.console.note("took the seed of one-time codes from the key \(name)")
            return true
        }
        try keys.refuseForbiddenStore()
        let record = try keys.storedRecord(keyName)
        let device = mfaSerial ?? record.summary.mfaSerial
        let seed = try stored(try text(behind: record), device)
        try keys.setTOTPSeed(seed.copy(), of: keyName)
        context.console.note("stored the seed with the key \(name) (\(record.summary.accessKeyID))")
        try profile?.run(device: device)
        try show(seed)
        return true
    }

    /// Asks for the seed.
    ///
    /// - Parameter device: the device that the seed belongs to; nil for any device that a code is asked for.
    func read(device: String?) throws(Failure) -> StoredSeed {
        try stored(try text(), device)
    }

    private func text() throws(Failure) -> SecretBytes {
        switch source {
        case .standardInput: try readLines(1, of: "the seed", from: context.world.standardInput)
        default: try asked()
        }
    }

    /// The seed's text for a stored key. On standard input, exactly this key may come before it: the user repeats the
    /// command that stores both.
    private func text(behind record: borrowing AccessKeyRecord) throws(Failure) -> SecretBytes {
        let text = try text()
        guard case .standardInput = source, Self.looksLikeKey(text) else { return text }
        var given = PartialKey()
        try? given.take(text)
        guard let key = try? KeySource.standardInput(context, completing: given),
            record.isSame(as: key.accessKeyID, key.secret)
        else { return text }
        return try readLines(1, of: "the seed", from: context.world.standardInput)
    }

    private func stored(_ text: borrowing SecretBytes, _ device: String?) throws(Failure) -> StoredSeed {
        // Half of all key ids are valid base32 as well, and a script may give a key although the name is stored by now.
        if Self.looksLikeKey(text) {
            throw Failure(
                .usage, "this is an access key id, where a seed should be",
                hint: "\(name) is stored: give its seed alone, or a new key and its seed with --replace")
        }
        let canonical: SecretBytes
        do throws(TOTPError) {
            let seed = try Seed(reading: text)
            // The period of AWS's devices.
            guard seed.period == 30 else { throw .unacceptablePeriod }
            canonical = seed.text()
        } catch { throw Failure(error) }
        if case .standardInput = source { warn() }
        return StoredSeed(text: canonical, device: device)
    }

    private static func looksLikeKey(_ text: borrowing SecretBytes) -> Bool {
        let size = (0..<text.count).last { text[$0] > 0x20 }.map { $0 + 1 } ?? 0
        return (16...32).contains(size) && ["AKIA", "ASIA"].contains(text.text(0..<4))
    }

    private func asked() throws(Failure) -> SecretBytes {
        guard context.mayPrompt else { throw Failure.notAllowed(wanting: "the seed") }
        do throws(TerminalError) {
            let terminal = try context.terminal()
            warn()
            return try terminal.ask(
                "seed or otpauth:// address: ", hidden: true, limit: Seed.longestText, until: PromptTimeout.deadline)
        } catch { throw Failure(error, askingFor: "the seed") }
    }

    /// Warns about the lost separation of factors before it is given up.
    private func warn() {
        context.console.note("the second factor is then stored beside the first: anyone who opens the store has both")
        context.console.say(
            "hint: a security key keeps them apart: mfa_process = ykman oath accounts code --single NAME")
    }

    /// Shows the current code and the next one on the terminal: AWS asks for two when a device is enabled.
    func show(_ stored: borrowing StoredSeed) throws(Failure) {
        guard context.mayPrompt, let terminal = try? context.terminal() else { return }
        do throws(TOTPError) {
            let seed = try Seed(reading: stored.text)
            let now = context.now
            let next = seed.nextWindow(after: now)
            var line = SecretBytes("AWS enables a device by two codes that follow each other: ")
            line.append(try seed.code(at: now))
            line.append(" (for \(next - now) s), then ")
            line.append(try seed.code(at: next))
            line.append("\n")
            terminal.show(line)
        } catch { throw Failure(error) }
    }
}
