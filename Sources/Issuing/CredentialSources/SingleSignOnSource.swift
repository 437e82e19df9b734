import Chains
import Failures
import Linux
import Secrets
import Sessions
import Setup
import Stores
import Text

/// Roles of IAM Identity Center: one sign-in for all profiles of a session, its token encrypted beside the sessions.
struct SingleSignOnSource: ChainSource {
    let tools: SourceTools
    let sso: Chains.SSO

    private var profile: String { tools.chain.profile }

    var kind: String { "sso" }

    var parameters: [ChainParameter] {
        [
            ChainParameter("sso_session", sso.session), ChainParameter("sso_start_url", sso.startURL),
            ChainParameter("sso_region", sso.region), ChainParameter("sso_account_id", sso.accountID),
            ChainParameter("sso_role_name", sso.roleName),
        ].compactMap { $0 }
    }

    func title(isStoredToo: Bool) -> String { "IAM Identity Center" }
    var role: String? { [sso.accountID?.value, sso.roleName?.value].compactMap { $0 }.joined(separator: ":") }
    var isKept: Bool { true }

    func check() throws(Failure) { _ = try accountAndRole() }

    /// The credentials of the profile's role.
    func credentials() throws(Failure) -> Credentials {
        let (account, role) = try accountAndRole()
        if let credentials = try tokens.credentials(account: account, role: role, fresh: false) { return credentials }
        // The token has not expired but is no longer valid: the user signed out.
        guard let credentials = try tokens.credentials(account: account, role: role, fresh: true) else {
            throw tokens.needed
        }
        return credentials
    }

    func obstacle() throws(Failure) -> Failure? {
        guard try tokens.isSignedIn() else { return tokens.needed }
        do throws(Failure) { _ = try tokens.endpoints() } catch { return error }
        return nil
    }

    /// Signs in, whether that is necessary or not.
    func signIn() throws(Failure) { try tokens.signInAnew() }

    private func accountAndRole() throws(Failure) -> (account: String, role: String) {
        if let account = sso.accountID?.value, let role = sso.roleName?.value { return (account, role) }
        let origin = (sso.session ?? sso.startURL).origin
        throw Failure(
            .badConfig, "\(origin.place): \(profile) signs in, and names no role",
            hint: "add sso_account_id and sso_role_name", origin: origin.place, fault: "sso_role_missing")
    }

    private var tokens: SignInTokens {
        let session = SignInSession(
            name: sso.session?.value, startURL: sso.startURL.value, region: sso.region.value,
            scopes: sso.scopes?.value, command: "warder refresh \(shellWord(profile))")
        return SignInTokens(
            context: tools.context, keys: tools.keys, calls: tools.calls, method: tools.signIn, session: session)
    }
}
