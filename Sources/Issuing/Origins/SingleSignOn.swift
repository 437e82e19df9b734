import Chains
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Stores

/// How somebody may sign in.
package enum SignInWay {
    /// Nobody is there: what needs a person fails.
    case none
    /// By the browser of this machine or, where it has no display, by a code for another one.
    case whatFits
    /// By a code that is entered in a browser on any machine.
    case deviceCode
}

/// Roles of IAM Identity Center: one sign-in for all profiles of a session, its token encrypted beside the sessions.
package struct SingleSignOn {
    let context: Context
    let keys: Keys
    let calls: Calls
    let way: SignInWay

    /// The credentials of the profile's role.
    func credentials(_ sso: Chains.SSO, profile: String) throws(Failure) -> Credentials {
        let (account, role) = try Self.role(sso, profile: profile)
        let tokens = tokens(sso, profile)
        if let credentials = try tokens.credentials(account: account, role: role, fresh: false) { return credentials }
        // The token is not good any more, whatever its end says: somebody signed out.
        guard let credentials = try tokens.credentials(account: account, role: role, fresh: true) else {
            throw tokens.needed
        }
        return credentials
    }
}

extension SingleSignOn {
    /// The account and the role that the profile names.
    package static func role(_ sso: Chains.SSO, profile: String) throws(Failure) -> (account: String, role: String) {
        if let account = sso.accountID?.value, let role = sso.roleName?.value { return (account, role) }
        let origin = (sso.session ?? sso.startURL).origin
        throw Failure(
            .badConfig, "\(origin.place): \(profile) signs in, and names no role",
            hint: "add sso_account_id and sso_role_name", origin: origin.place, fault: "sso_role_missing")
    }

    /// Why the next credentials could not even be asked for without a person; nil where nothing speaks against it.
    func obstacle(_ sso: Chains.SSO, profile: String) throws(Failure) -> Failure? {
        let tokens = tokens(sso, profile)
        guard try tokens.isSignedIn() else { return tokens.needed }
        do throws(Failure) { _ = try tokens.endpoints() } catch { return error }
        return nil
    }

    private func tokens(_ sso: Chains.SSO, _ profile: String) -> SignInTokens {
        let session = SignInSession(
            name: sso.session?.value, startURL: sso.startURL.value, region: sso.region.value,
            scopes: sso.scopes?.value, profile: profile)
        return SignInTokens(context: context, keys: keys, calls: calls, way: way, session: session)
    }
}

/// What is signed in to.
struct SignInSession {
    /// Of the `sso-session`; nil for settings in a profile.
    let name: String?
    let startURL: String
    let region: String
    let scopes: String?
    /// The profile that asks.
    let profile: String

    /// What a token is kept under: all profiles of a session share it.
    var identity: [UInt8] {
        Array("sign-in\u{0}\(name ?? "")\u{0}\(startURL)\u{0}\(region)\u{0}\(scopes ?? "")".utf8)
    }
}
