import Crypto
import Failures
import JSON
import Linux
import Profiles
import Prompt
import Secrets
import Setup
import Times
import Vault

/// Another program's `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential provider").
struct ProcessSource: ChainSource {
    let context: Context
    let command: Setting

    var kind: String { "process" }
    var parameters: [ChainParameter] { [ChainParameter("credential_process", command)].compactMap { $0 } }
    func title(isStoredToo: Bool) -> String { "another program" }
    var isKept: Bool { true }
    var readsEnvironment: Bool { true }

    /// Lists the commands that warder is waiting for, for any warder that such a program starts, so that it finds a
    /// circle.
    private static let guardVariable = "WARDER_WAITING_FOR"

    /// Fails if the command itself started this run, which would then wait for itself.
    func refuseCircle() throws(Failure) {
        guard try !waiting.contains(fingerprint()) else {
            throw failed("the credential_process calls itself", hint: "break the circle: see warder explain")
        }
    }

    private var waiting: [String] {
        context.environment[Self.guardVariable]?.split(separator: ":").map(String.init) ?? []
    }

    /// A fingerprint of the command for an environment that others may see: its arguments may contain a secret.
    private func fingerprint() throws(Failure) -> String {
        let text = Array(command.value.utf8)
        do throws(CryptoError) {
            let digest = try text.span.withUnsafeBytes { (text) throws(CryptoError) in try sha256(text) }
            return VaultIdentifier(Array(digest.prefix(VaultIdentifier.size)))?.hex ?? ""
        } catch { throw Failure(error) }
    }

    func credentials() throws(Failure) -> Credentials {
        try refuseCircle()
        let waiting = (waiting + [try fingerprint()]).joined(separator: ":")
        // With a terminal, the program may be prompting the user.
        let deadline: Deadline = context.canAsk ? PromptTimeout.deadline : .after(milliseconds: 9_000)
        let given: CommandOutput
        do throws(ChildError) {
            given = try Linux.commandOutput(
                ofShellCommand: command.value, withheld: PassphraseSource.variables,
                adding: [Self.guardVariable: waiting], limit: 64 * 1024, until: deadline,
                hiding: secrets(ofShellCommand: command.value))
        } catch { throw ended(error) }
        do throws(Failure) {
            guard let answer = try? JSONObject(given.text) else { throw noAnswer("JSON") }
            return try credentials(in: answer)
        } catch { throw error.quoting(given.said()) }
    }

    private func credentials(in answer: borrowing JSONObject) throws(Failure) -> Credentials {
        guard (try? answer.integer("Version")) == 1 else { throw noAnswer("Version 1") }
        let identifier = try member("AccessKeyId") { () throws(JSONError) in try answer.text("AccessKeyId") } ?? ""
        guard (1...128).contains(identifier.utf8.count), identifier.utf8.allSatisfy(isVisible) else {
            throw noAnswer("AccessKeyId")
        }
        guard let secret = try self.secret("SecretAccessKey", answer) else { throw noAnswer("SecretAccessKey") }
        let token = try self.secret("SessionToken", answer)
        let end = try end(try member("Expiration") { () throws(JSONError) in try answer.text("Expiration") })
        let account = try member("AccountId") { () throws(JSONError) in try answer.accountID("AccountId") }
        return Credentials(
            accessKeyID: identifier, secret: secret, sessionToken: token, expiration: end,
            accountID: account.flatMap { $0.utf8.allSatisfy(isVisible) ? $0 : nil })
    }

    private func end(_ written: String?) throws(Failure) -> Int64? {
        guard let written, !written.isEmpty else { return nil }
        guard let time = UnixTime(iso8601: written) else { throw noAnswer("an Expiration that is a time") }
        guard time.seconds > context.now else {
            throw failed("the credential_process gave credentials that have ended", hint: "try it by hand")
        }
        return time.seconds
    }

    /// nil also if the value is empty.
    private func secret(_ name: String, _ answer: borrowing JSONObject) throws(Failure) -> SecretBytes? {
        let secret: SecretBytes?
        do throws(JSONError) { secret = try answer.secret(name) } catch { throw noAnswer(name) }
        guard let secret, !secret.isEmpty else { return nil }
        guard (0..<secret.count).allSatisfy({ isVisible(secret[$0]) }) else { throw noAnswer(name) }
        return secret
    }

    private func member<R>(_ name: String, _ read: () throws(JSONError) -> R?) throws(Failure) -> R? {
        do throws(JSONError) { return try read() } catch { throw noAnswer(name) }
    }

    private func isVisible(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f }

    private func noAnswer(_ wanted: String) -> Failure {
        failed("the credential_process did not print \(wanted)", hint: "try by hand the command of that line")
    }

    /// Leaves out the command, because its arguments may contain a secret. The failure is shared, because an answer
    /// from the user would not fix it.
    private func ended(_ error: ChildError) -> Failure {
        var failure = Failure(
            .other, "\(place)the credential_process \(error.outcome(in: context.environment))",
            hint: "try by hand the command of that line")
        // A failure to start the program may come from a lack of descriptors here.
        if case .notStarted = error {} else { failure.scope = .waiting }
        return failure
    }

    private var place: String { "\(command.origin.place): " }

    private func failed(_ what: String, hint: String) -> Failure { Failure(.badConfig, place + what, hint: hint) }
}
