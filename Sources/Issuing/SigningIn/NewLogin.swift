import Failures
import SSO
import STS
import Secrets
import Sessions
import Setup
import Stores
import Text

/// A sign-in with console credentials that no profile has yet.
package struct NewLogin {
    private let keys: Keys
    private let dialogue: LoginDialogue

    /// - Parameters:
    ///   - region: where to sign in, by the command line.
    ///   - profilesRegion: the same by the profile, after the environment's; without any, `us-east-1`.
    ///   - method: how the user signs in.
    package init(_ keys: Keys, region: String?, profilesRegion: String?, method: SignInMethod) {
        self.keys = keys
        let context = keys.context
        dialogue = LoginDialogue(
            context: context,
            calls: AWSCalls(context.world, caBundle: EndpointResolver(nil, context.environment).caBundle),
            method: method, site: LoginSite(context, wanted: region, region: profilesRegion))
    }

    /// Signs in, and keeps the login.
    ///
    /// - Returns: the ARN of the identity that signed in.
    package func run() throws(Failure) -> String {
        guard keys.context.mayPrompt else {
            throw Failure(
                .promptNeeded, "signing in needs your browser, and warder may not prompt",
                hint: "leave --no-prompt out")
        }
        try keys.refuseForbiddenStore()
        // Before the user signs in: a passphrase afterwards would come as a surprise, and without it, or without a place
        // to keep the login, that would be lost.
        try KeptLogin.check(keys)
        let signedIn = try dialogue.run()
        let kept = try KeptLogin(signedIn.loginSession, keys)
        let lock = try kept.lock(until: .after(milliseconds: keys.context.waits.whilePrompting))
        defer { withExtendedLifetime(lock) {} }
        do throws(SessionCacheError) { try kept.keep(signedIn.token) } catch { throw Failure(error) }
        return signedIn.loginSession
    }
}

extension Issuer {
    /// Signs in again to the source of the chain, and makes new sessions from it.
    package func signIn() throws(Failure) -> Credentials {
        try refuseForbidden()
        switch sessionMaker.source {
        case let login as LoginSource:
            try keys.resuming { () throws(Failure) in try login.signIn() }
        case let center as SingleSignOnSource:
            try keys.resuming { () throws(Failure) in try center.signIn() }
        default:
            let source = sessionMaker.source.title(isStoredToo: false)
            throw Failure(
                .badConfig, "\(chain.profile) does not sign in: its credentials come from \(source)",
                hint: "run warder refresh \(shellWord(chain.profile)) for a new session, "
                    + "or sign in under another name: warder login NAME")
        }
        return try refresh()
    }
}
