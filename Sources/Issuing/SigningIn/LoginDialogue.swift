import Failures
import Linux
import Prompt
import SSO
import STS
import Secrets
import Setup
import Text

/// Has the user sign in with console credentials: in this machine's browser, or in any other, by a code to paste.
struct LoginDialogue {
    let context: Context
    let calls: AWSCalls
    let method: SignInMethod
    let site: LoginSite

    func run() throws(Failure) -> LoginSignedIn {
        let endpoint = try site.endpoint(of: nil)
        let signIn = try doing { () throws(SignInError) in
            try calls.unhurried { (sender) throws(SignInError) in
                LoginSignIn(
                    client: LoginClient(
                        endpoint: endpoint, sender: sender, timing: context.world.timing, random: context.random),
                    random: context.random)
            }
        }
        let browser = SignInBrowser(context: context)
        guard method == .automatic, browser.isHere else { return try byCode(signIn) }
        return try doing { () throws(SignInError) in
            try signIn.withBrowser(
                CallbackListener(), until: context.world.timing.uptime() + context.waits.forSignIn, open: browser.open)
        }
    }

    // MARK: - By a code

    /// Bytes: a terminal gives no longer line.
    private static let longestCode = 4095

    private func byCode(_ signIn: LoginSignIn) throws(Failure) -> LoginSignedIn {
        let pasted = try doing { () throws(SignInError) in try signIn.withPastedCode() }
        context.console.note("sign in with a browser on any machine, at:")
        context.console.say(Shown(pasted.page))
        let deadline = Deadline.after(milliseconds: context.waits.forSignIn)
        while true {
            let code = try ask(until: deadline)
            do throws(SignInError) { return try pasted.signedIn(pasted: code) } catch {
                switch error {
                case .notAPastedCode: context.console.note("that is not the whole code that the browser shows")
                case .anotherSignIn: context.console.note("that is the code of another sign-in")
                default: throw failure(error)
                }
            }
        }
    }

    private func ask(until deadline: Deadline) throws(Failure) -> SecretBytes {
        do throws(TerminalError) {
            return try context.terminal().ask(
                "the code that the browser shows at the end: ", hidden: true, limit: Self.longestCode, until: deadline)
        } catch { throw Failure(error, askingFor: "the code of the sign-in") }
    }

    // MARK: - Errors

    private func doing<R: ~Copyable>(_ work: () throws(SignInError) -> R) throws(Failure) -> R {
        do throws(SignInError) { return try work() } catch { throw failure(error) }
    }

    private func failure(_ error: SignInError) -> Failure {
        var failure = Failure(error, doing: "sign in to the console", at: .console)
        // The user was there and declined. A process that comes later cannot ask the user, and must say so itself.
        if failure.scope == .latecomers { failure.scope = .waiting }
        return failure
    }
}
