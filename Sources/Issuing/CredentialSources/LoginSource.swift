import Chains
import Failures
import Secrets

/// A sign-in with console credentials, as `aws login` makes it: sessions of 15 minutes, renewed for 12 hours.
struct LoginSource: ChainSource {
    let tools: SourceTools
    let login: Login

    var kind: String { "login" }

    var parameters: [ChainParameter] {
        [ChainParameter("login_session", login.session), ChainParameter("region", login.region)].compactMap { $0 }
    }

    func title(isStoredToo: Bool) -> String { "console sign-in" }
    var role: String? { login.session.value }
    var isKept: Bool { true }
    var file: String? { (try? LoginCache(context: tools.context).path(of: login.session.value)) ?? nil }

    func credentials() throws(Failure) -> Credentials { try tokens().credentials() }

    func obstacle() throws(Failure) -> Failure? { try tokens().obstacle() }

    /// Signs in, whether that is necessary or not.
    func signIn() throws(Failure) { try tokens().signInAnew() }

    private func tokens() throws(Failure) -> LoginTokens {
        LoginTokens(
            keys: tools.keys, calls: tools.calls, method: tools.signIn, freshness: tools.freshness,
            session: login.session,
            profile: tools.chain.profile, site: LoginSite(tools.context, login, tools.chain.endpoint))
    }
}
