import Issuing

/// Which profiles of an `sso-session` the user wants.
package struct Selection: Sendable {
    /// The name of the `sso-session`.
    package let session: String
    package let template: NameTemplate
    /// The region of new profiles; nil for none.
    package let region: String?
    /// By number or name; empty for all.
    package let accounts: [Pattern]
    /// By name; empty for all.
    package let roles: [Pattern]
    /// Whether to remove profiles whose role is gone.
    package let prunes: Bool

    package init(
        session: String, template: NameTemplate, region: String? = nil, accounts: [Pattern] = [], roles: [Pattern] = [],
        prunes: Bool = false
    ) {
        self.session = session
        self.template = template
        self.region = region
        self.accounts = accounts
        self.roles = roles
        self.prunes = prunes
    }

    /// Whether profiles of the account are wanted.
    package func covers(_ account: SignInAccount) -> Bool {
        accounts.isEmpty || accounts.contains { $0.matches(account.id) || $0.matches(account.name) }
    }

    func covers(role: String) -> Bool { roles.isEmpty || roles.contains { $0.matches(role) } }
}
