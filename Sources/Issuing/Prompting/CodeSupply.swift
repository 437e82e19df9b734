import Failures
import Linux
import TOTP
import Prompt
import STS
import Secrets
import Sessions
import Stores
import Text

/// A request for a code.
struct WantedCode {
    /// The MFA device's ARN or serial number.
    let device: String
    /// The profile that it is for.
    let profile: String
    /// The command of `mfa_process`, if the profile sets it.
    let command: String?
    /// What the code is for, as `assume arn:…`.
    let purpose: String
    /// Whose key signs the request.
    let signer: RequestSigner
    /// Nothing can be served without the code.
    let requiresAnswer: Bool
}

/// The one-time codes of one command: first the code from the command line, valid for one request, then codes from
/// `mfa_process`, a stored seed, or the user.
///
/// No code is sent twice: AWS rejects the second use, and which of two processes it rejects is luck.
package final class CodeSupply {
    private let keys: Keys
    /// Prompts the user. One for each command, so that a user who answers from elsewhere sees the outcome.
    let prompter: any Prompter
    private var given: String?
    /// No code may be used up: whatever needs one fails.
    private let isWithheld: Bool

    /// A device's code changes every 30 s (RFC 6238 section 5.2).
    private static let period: Int64 = 30

    /// - Parameters:
    ///   - given: a code from the command line.
    ///   - prompter: prompts the user; nil for the default one.
    ///   - isWithheld: no code may be used up, not even one that comes from a command or a stored seed.
    package init(given: String?, keys: Keys, prompter: (any Prompter)? = nil, isWithheld: Bool = false) {
        self.given = given
        self.isWithheld = isWithheld
        self.keys = keys
        self.prompter = prompter ?? UserPrompter(keys.context)
    }

    /// There is a code from the command line, and it has not been used.
    var isGiven: Bool { given != nil }

    /// Runs `work` with a code of the wanted device. If a code that the user typed is wrong, asks once more.
    ///
    /// - Parameters:
    ///   - seed: returns the seed of the device's codes; nil if none is stored.
    ///   - time: AWS's, in seconds since 1970.
    func withCode(
        _ wanted: WantedCode, seed: () throws(Failure) -> SecretBytes?, time: () -> Int64,
        _ work: (borrowing MFACode?) throws(STSError) -> Credentials
    ) throws(Failure) -> Credentials {
        guard !isWithheld else { throw .codeWithheld(device: wanted.device, profile: wanted.profile) }
        let sessions = try keys.sessions()
        // Another process that needs a code of the same device must wait for the next code anyway.
        let lock = try lock(wanted.device, sessions)
        defer { withExtendedLifetime(lock) {} }
        var note: String?
        while true {
            let code = try next(wanted, seed, note, sessions)
            let isTyped = code.isTyped
            // Recorded on disk before the code is sent: if this process is killed after that, no process sends the code
            // again. A full disk does not prevent sending it.
            try? sessions.noteUsed(
                code.digits, device: wanted.device, now: keys.context.now, random: keys.context.random)
            let refusal: STSError
            do throws(STSError) {
                let code = try MFACode(serialNumber: wanted.device, code: code.digits.copy())
                let credentials = try work(consume code)
                let left = credentials.expiration.map { " for " + spoken(seconds: $0 - time()) } ?? ""
                prompter.conclude("\(wanted.profile): good\(left)", succeeded: true)
                return credentials
            } catch { refusal = error }
            // The code never reached AWS, so it is still valid.
            if refusal.isCertainlyUnsent {
                try? sessions.takeBack(
                    code.digits, device: wanted.device, now: keys.context.now, random: keys.context.random)
            }
            guard case .wrongCode = refusal, isTyped, note == nil else {
                let failure = Failure(refusal, doing: wanted.purpose, signer: wanted.signer)
                prompter.conclude(failure.message, succeeded: false)
                throw failure
            }
            note = "wrong code, or used before"
        }
    }

    private func lock(_ device: String, _ sessions: borrowing SessionCache) throws(Failure) -> BestEffortLock {
        let timeout =
            keys.context.mayPrompt ? keys.context.waits.whilePrompting : keys.context.waits.withoutPrompt
        do throws(SessionCacheError) {
            return try sessions.lockCodes(device: device, until: .after(milliseconds: timeout))
        } catch { throw Failure(error) }
    }

    // MARK: - Sources of codes

    private struct Code: ~Copyable {
        let digits: SecretBytes
        let isTyped: Bool
    }

    private func next(
        _ wanted: WantedCode, _ seed: () throws(Failure) -> SecretBytes?, _ note: String?,
        _ sessions: borrowing SessionCache
    ) throws(Failure) -> Code {
        if let given {
            self.given = nil
            return Code(digits: try onCommandLine(given, wanted, sessions), isTyped: false)
        }
        if let command = wanted.command {
            return Code(
                digits: try unusedCode(wanted, sessions) { () throws(Failure) in
                    do throws(CodeError) { return try Prompt.code(ofCommand: command, until: commandDeadline) } catch {
                        throw Failure(error, device: wanted.device)
                    }
                }, isTyped: false)
        }
        if let seed = try seed() {
            return Code(
                digits: try unusedCode(wanted, sessions) { () throws(Failure) in try code(of: seed) },
                isTyped: false)
        }
        return Code(digits: try typedCode(wanted, note, sessions), isTyped: true)
    }

    private func onCommandLine(
        _ text: String, _ wanted: WantedCode, _ sessions: borrowing SessionCache
    ) throws(Failure) -> SecretBytes {
        var typed = SecretBytes(capacity: text.utf8.count)
        typed.append(text)
        guard let digits = sixDigits(of: typed) else {
            throw Failure(.notACode, device: wanted.device)
        }
        guard isUsed(digits, wanted, sessions) else { return digits }
        throw usedCodeFailure(wanted)
    }

    private func usedCodeFailure(_ wanted: WantedCode) -> Failure {
        Failure(
            .promptNeeded, "this code of \(wanted.device) was used already",
            hint: "give the next one, which comes in \(secondsToNext) s")
    }

    /// With prompts off, warder does not wait for the user, not even for the touch of a key.
    private var commandDeadline: Deadline {
        keys.context.mayPrompt ? PromptTimeout.deadline : .after(milliseconds: keys.context.waits.withoutPrompt)
    }

    private func typedCode(
        _ wanted: WantedCode, _ note: String?, _ sessions: borrowing SessionCache
    ) throws(Failure) -> SecretBytes {
        let caller = keys.context.isHelper ? Caller() : nil
        let request = UserRequest(
            .code, profile: wanted.profile, device: wanted.device, caller: caller, note: note,
            requiresAnswer: wanted.requiresAnswer
        )
        let reply = try prompter.ask(request) { digits in
            guard isUsed(digits, wanted, sessions) else { return nil }
            return CodeRejection("that code was used already", until: .after(milliseconds: secondsToNext * 1000))
        }
        guard case .code(let digits) = consume reply else {
            throw Failure(.notACode, device: wanted.device)
        }
        return digits
    }

    private func code(of seed: borrowing SecretBytes) throws(Failure) -> SecretBytes {
        do throws(TOTPError) { return try Seed(reading: seed).code(at: keys.context.now) } catch {
            throw Failure(
                .damaged, "the stored seed gives no codes", hint: "store it again: warder add NAME --totp")
        }
    }

    // MARK: - The next code

    /// An unused code: if the current one was used, waits for the next one.
    private func unusedCode(
        _ wanted: WantedCode, _ sessions: borrowing SessionCache, _ make: () throws(Failure) -> SecretBytes
    ) throws(Failure) -> SecretBytes {
        for _ in 0..<2 {
            let digits = try make()
            guard isUsed(digits, wanted, sessions) else { return digits }
            guard keys.context.mayPrompt else { throw usedCodeFailure(wanted) }
            Countdown(context: keys.context).wait(
                seconds: secondsToNext, for: "that code was used already; the next one")
        }
        let digits = try make()
        guard !isUsed(digits, wanted, sessions) else {
            throw Failure(
                .promptNeeded, "the codes of \(wanted.device) do not change: this one was used already",
                hint: "see what mfa_process prints, or give a code with --mfa-code")
        }
        return digits
    }

    private func isUsed(
        _ digits: borrowing SecretBytes, _ wanted: WantedCode, _ sessions: borrowing SessionCache
    ) -> Bool {
        let used = try? sessions.wasUsed(digits, device: wanted.device, now: keys.context.now)
        return used != nil
    }

    private var secondsToNext: Int64 { Self.period - keys.context.now % Self.period }
}
