import Chains
import Failures
import SSO
import Secrets
import Setup
import Stores
import Transport

/// An AWS account of IAM Identity Center.
package struct SignInAccount: Equatable, Sendable {
    /// Its twelve digits.
    package let id: String
    /// The name that its organization gave it; any characters, or none.
    package let name: String
    /// The address of its root user, or empty.
    package let email: String

    package init(id: String, name: String, email: String = "") {
        self.id = id
        self.name = name
        self.email = email
    }
}

/// A role that a user of IAM Identity Center has in an account.
package struct SignInRole: Equatable, Sendable {
    package let account: SignInAccount
    /// The role's name: that of its permission set.
    package let name: String

    package init(account: SignInAccount, name: String) {
        self.account = account
        self.name = name
    }
}

/// What the sign-in of an `sso-session` gives.
package struct SignInRoles {
    private let tokens: SignInTokens
    private let name: String

    /// - Parameters:
    ///   - sso: the `sso-session`.
    ///   - name: its name.
    ///   - method: how the user may sign in.
    ///   - command: the command line that signs in, for a hint.
    package init(_ context: Context, _ sso: SSO, name: String, method: SignInMethod, command: String) {
        self.name = name
        let keys = Keys(context)
        let session = SignInSession(
            name: name, startURL: sso.startURL.value, region: sso.region.value, scopes: sso.scopes?.value,
            command: command)
        let calls = AWSCalls(context.world, caBundle: EndpointResolver(nil, context.environment).caBundle)
        tokens = SignInTokens(context: context, keys: keys, calls: calls, method: method, session: session)
    }

    /// The accounts, and the roles in those that `isWanted` takes. Signs in if that is necessary and possible.
    package func all(
        in isWanted: (SignInAccount) -> Bool
    ) throws(Failure) -> (accounts: [SignInAccount], roles: [SignInRole]) {
        try tokens.keys.resuming { () throws(Failure) in
            if let found = try listed(isWanted, fresh: false) { return found }
            // The token has not expired but is no longer valid: the user signed out.
            if let found = try listed(isWanted, fresh: true) { return found }
            throw tokens.needed
        }
    }

    /// Nil if the portal rejects the token.
    private func listed(
        _ isWanted: (SignInAccount) -> Bool, fresh isFresh: Bool
    ) throws(Failure) -> (accounts: [SignInAccount], roles: [SignInRole])? {
        let endpoint = try tokens.endpoints().portal
        let token = try tokens.token(fresh: isFresh)
        let found = try asked("list the accounts of \(name)", endpoint) { (portal) throws(SignInError) in
            try portal.accounts(token: token.accessToken)
        }
        guard let found else { return nil }
        let accounts = found.map { SignInAccount(id: $0.id, name: $0.name, email: $0.email) }
        let wanted = accounts.filter(isWanted)
        if wanted.count > 20, tokens.context.console.isTerminal {
            tokens.context.console.note("asking for the roles of \(wanted.count) accounts")
        }
        var roles: [SignInRole] = []
        for account in wanted {
            let names = try asked("list the roles of \(name) in \(account.id)", endpoint) {
                (portal) throws(SignInError) in
                try portal.roles(in: account.id, token: token.accessToken)
            }
            guard let names else { return nil }
            roles += names.map { SignInRole(account: account, name: $0) }
        }
        return (accounts, roles)
    }

    /// Nil if the portal rejects the token.
    private func asked<R>(
        _ purpose: String, _ endpoint: ServiceURL, _ body: (PortalClient) throws(SignInError) -> R
    ) throws(Failure) -> R? {
        do throws(SignInError) {
            return try tokens.calls.unhurried { (sender) throws(SignInError) in
                try body(PortalClient(endpoint: endpoint, sender: sender, timing: tokens.context.world.timing))
            }
        } catch {
            if error == .signInNeeded { return nil }
            var failure = Failure(error, doing: purpose)
            switch error {
            case .noSuchRole: failure = failure.saying(hint: "run the command again")
            case .slowDown: failure = failure.saying(hint: "wait a minute, and run the command again")
            default: break
            }
            throw failure
        }
    }
}
