import Linux
import Prompt
import Secrets
import Serving
import Times

/// The credentials that a command's server provides: at first those that it started with, then renewed ones.
///
/// Each renewal is another warder process, so that clients wait only if they must, and the server holds nothing except
/// what it gives away.
package final class RenewingCredentials: CredentialSupply {
    /// The timeout of a renewal, in milliseconds: the user may have to find their phone.
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
    /// The deadline of the renewal, on the `uptime` clock.
    private var deadline: Int64 = 0
    private var failure = failureJSON("the credentials have ended")

    /// - Parameters:
    ///   - pass: the token that each renewal presents.
    ///   - folder: where renewals run, because paths in settings and variables may be relative to it.
    ///   - uptime: milliseconds on a monotonic clock that continues in suspend.
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

    /// Starts a renewal with these arguments and this standard input.
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

/// A running renewal, whose output is read as it arrives.
package protocol Renewal: AnyObject {
    /// The descriptor to poll for input.
    var descriptor: Int32 { get }
    /// Reads the available output; returns true at its end.
    func listen() -> Bool
    /// Waits for the process to exit; returns whether it succeeded.
    func finish() -> Bool
    /// The output so far.
    func printed() -> SecretBytes
}

extension ChildOutput: Renewal {}

/// Starts another warder process that renews.
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
