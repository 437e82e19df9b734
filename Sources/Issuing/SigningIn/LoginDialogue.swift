import Failures
import Linux
import Prompt
import SSO
import STS
import Secrets
import Setup

/// Has the user sign in with the console's credentials: in this machine's browser, or in any other, by a code to paste.
struct LoginDialogue {
    let context: Context
    let calls: AWSCalls
    let method: SignInMethod
    let site: LoginSite

    /// Characters: the code is a few hundred.
    private static let longestCode = 4096

    func run() throws(Failure) -> LoginSignedIn {
        let endpoint = try site.endpoint(of: nil)
        do throws(SignInError) {
            return try calls.unhurried { (sender) throws(SignInError) in
                let signIn = LoginSignIn(
                    client: LoginClient(endpoint: endpoint, sender: sender, timing: context.world.timing),
                    random: context.random)
                let browser = SignInBrowser(context: context)
                guard method == .automatic, browser.isHere else { return try byCode(signIn) }
                return try signIn.withBrowser(
                    CallbackListener(), until: context.world.timing.uptime() + context.waits.forSignIn,
                    open: browser.open)
            }
        } catch {
            var failure = Failure(error, doing: "sign in to the console")
            // The user was there and declined. A process that comes later cannot ask the user, and must say so itself.
            if failure.scope == .latecomers { failure.scope = .waiting }
            throw failure
        }
    }
}
