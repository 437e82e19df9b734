import Linux
import Prompt
import Secrets
import Serving
import Shells
import Times

/// The credentials that a command's server gives: those that it began with, then those that renewals bring.
///
/// A renewal is another warder, so that nobody waits for it who need not, and the server itself holds nothing but what
/// it gives away.
package final class RenewingCredentials: CredentialSupply {
    /// Milliseconds that a renewal may take: somebody may have to find their phone.
    private static let timeout: Int64 = 180_000

    private var json: SecretBytes
    private var plan: RenewalPlan
    private let request: RenewalRequest
    private let pass: RenewalToken
    private let folder: String?
    private let timing: Timing
    private let uptime: () -> Int64
    private let start: Start
    private var renewal: (any Renewal)?
    /// Until when the renewal may take, by `uptime`.
    private var deadline: Int64 = 0
    private var failure = failureJSON("the credentials have ended")

    /// - Parameters:
    ///   - pass: what each renewal shows.
    ///   - folder: where renewals are made, as paths in settings and variables may begin there.
    ///   - uptime: milliseconds on a clock that only goes forward, and goes on in suspend.
    ///   - start: starts a renewal.
    package init(
        _ grant: consuming ServedCredentials, renewedBy request: RenewalRequest, _ pass: RenewalToken,
        in folder: String?, _ timing: Timing, uptime: @escaping () -> Int64 = { Deadline.now.milliseconds },
        startingBy start: @escaping Start = startRenewal
    ) {
        plan = RenewalPlan(end: grant.end, margin: grant.margin)
        json = grant.json.copy()
        self.request = request
        self.pass = pass
        self.folder = folder
        self.timing = timing
        self.uptime = uptime
        self.start = start
    }

    /// Starts a renewal: its arguments, and what it reads.
    package typealias Start = (_ arguments: [String], _ input: borrowing SecretBytes) throws(ChildError) -> any Renewal

    package func supply() -> Supply {
        let now = timing.now().seconds
        if plan.ask(at: now, uptime: uptime()), renewal == nil { renew(mayPrompt: true) }
        if plan.isValid(at: now) { return .credentials(json.copy()) }
        return renewal != nil ? .later : .unavailable(failure.copy())
    }

    package var watched: Int32? { renewal?.descriptor }

    package func proceed() {
        guard let renewal, renewal.listen() else { return }
        let isGood = renewal.finish()
        let text = renewal.printed()
        self.renewal = nil
        guard isGood, let grant = ServedCredentials(text) else {
            let message = text.lineEnd(from: 0).map { text.text(0..<$0) }
            return failed(isGood ? nil : message)
        }
        json = grant.json.copy()
        plan.succeeded(end: grant.end, margin: grant.margin, uptime: uptime())
    }

    package func tick() {
        if renewal != nil {
            guard uptime() >= deadline else { return }
            renewal = nil
            failed("the renewal took too long")
        } else if plan.isDueAhead(at: timing.now().seconds, uptime: uptime()) {
            renew(mayPrompt: false)
        }
    }

    private func renew(mayPrompt: Bool) {
        do throws(ChildError) {
            let words = request.renewing(mayPrompt: mayPrompt, in: folder)
            renewal = try start(words, pass.line)
            deadline = uptime() + Self.timeout
        } catch { failed("the renewal could not be started") }
    }

    private func failed(_ message: String?) {
        failure = failureJSON(message ?? "the renewal failed")
        plan.failed(uptime: uptime())
    }
}

/// A renewal under way, whose output is taken as it comes.
package protocol Renewal: AnyObject {
    /// What to poll for input.
    var descriptor: Int32 { get }
    /// Takes what is there to read; whether there will be no more.
    func listen() -> Bool
    /// Waits for its end; whether it did well.
    func finish() -> Bool
    /// What it has printed so far.
    func printed() -> SecretBytes
}

extension ChildOutput: Renewal {}

/// Starts another warder that renews.
package func startRenewal(
    _ arguments: [String], _ input: borrowing SecretBytes
) throws(ChildError) -> any Renewal {
    try ChildOutput(ofThisProgram: arguments, reading: input, limit: 16 * 1024, withheld: [])
}

private func failureJSON(_ message: String) -> SecretBytes {
    var json = SecretBytes("{\"code\":\"CredentialsUnavailable\",\"message\":")
    json.appendJSONQuoted("warder: " + message)
    json.append("}\n")
    return json
}
