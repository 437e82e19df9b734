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
    private var renewal: ChildOutput?
    private var deadline = Deadline.now
    private var failure = failureJSON("the credentials have ended")

    /// - Parameters:
    ///   - pass: what each renewal shows.
    ///   - folder: where renewals are made, as paths in settings and variables may begin there.
    package init(
        _ grant: consuming ServedCredentials, renewedBy request: RenewalRequest, _ pass: RenewalToken,
        in folder: String?,
        _ timing: Timing
    ) {
        plan = RenewalPlan(end: grant.end, margin: grant.margin)
        json = grant.json.copy()
        self.request = request
        self.pass = pass
        self.folder = folder
        self.timing = timing
    }

    package func supply() -> Supply {
        let now = timing.now().seconds
        if plan.ask(at: now, uptime: Deadline.now.milliseconds), renewal == nil { renew(mayPrompt: true) }
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
        plan.succeeded(end: grant.end, margin: grant.margin, uptime: Deadline.now.milliseconds)
    }

    package func tick() {
        if renewal != nil {
            guard deadline.hasPassed else { return }
            renewal = nil
            failed("the renewal took too long")
        } else if plan.isDueAhead(at: timing.now().seconds, uptime: Deadline.now.milliseconds) {
            renew(mayPrompt: false)
        }
    }

    private func renew(mayPrompt: Bool) {
        do throws(ChildError) {
            let words = request.renewing(mayPrompt: mayPrompt, in: folder)
            renewal = try ChildOutput(ofThisProgram: words, reading: pass.line, limit: 16 * 1024, withheld: [])
            deadline = .after(milliseconds: Self.timeout)
        } catch { failed("the renewal could not be started") }
    }

    private func failed(_ message: String?) {
        failure = failureJSON(message ?? "the renewal failed")
        plan.failed(uptime: Deadline.now.milliseconds)
    }
}

private func failureJSON(_ message: String) -> SecretBytes {
    var json = SecretBytes("{\"code\":\"CredentialsUnavailable\",\"message\":")
    json.appendJSONQuoted("warder: " + message)
    json.append("}\n")
    return json
}
