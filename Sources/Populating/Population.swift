import Chains
import Failures
import Issuing
import Profiles
import Setup
import Text

/// Profiles from IAM Identity Center: what the portal lists, and how the config file changes.
package struct Population {
    private let context: Context
    private let selection: Selection
    private let accounts: [SignInAccount]
    private let roles: [SignInRole]

    /// Asks the portal, after a sign-in if that is necessary.
    package init(_ context: Context, _ selection: Selection, signIn method: SignInMethod) throws(Failure) {
        // A rule that cannot be read is not skipped.
        _ = try context.policy()
        self.context = context
        self.selection = selection
        let session = selection.session
        let sso = try Self.signIn(session, context)
        (accounts, roles) = try SignInRoles(
            context, sso, name: session, method: method,
            command: "warder profiles --from-sso \(shellWord(session))"
        ).all(in: selection.covers)
    }

    /// What would change.
    package func planned() throws(Failure) -> PopulationPlan {
        let files = try ProfileLoading(context).profiles()
        guard let config = files.config else { throw Self.noSession(selection.session, files, context) }
        return try PopulationPlan(context, files, config, selection, accounts: accounts, roles: roles)
    }

    /// Plans the change of the file as it is now, and makes it: all of it or nothing.
    package func carriedOut() throws(Failure) -> PopulationPlan {
        let rewrite = try ConfigRewrite(context)
        let plan = try planned()
        if !plan.edits.isEmpty {
            try rewrite.replace(plan.config, at: plan.config.path, with: plan.config.edited(plan.edits))
        }
        return plan
    }

    private static func signIn(_ session: String, _ context: Context) throws(Failure) -> SSO {
        let files = try ProfileLoading(context).profiles()
        do throws(ChainError) {
            if let sso = try SSO(session: session, in: files) { return sso }
        } catch { throw Failure(error) }
        throw noSession(session, files, context)
    }

    private static func noSession(_ name: String, _ files: ProfileSet, _ context: Context) -> Failure {
        if let misnamed = files.misnamed(name, as: "sso-session") {
            return Failure(
                .badConfig, "\(misnamed.origin.place): this section is not headed as an sso-session",
                hint: "write \(misnamed.heading) there", origin: misnamed.origin.place)
        }
        let path = (try? ProfileLoading(context).configPath()) ?? "~/.aws/config"
        let names = files.ssoSessionNames
        if names.isEmpty {
            return Failure(
                .notFound, "\(path) has no sso-session",
                hint: "write [sso-session \(isName(name) ? name : "NAME")] there, and below it sso_start_url = "
                    + "https://…, sso_region = …, sso_registration_scopes = sso:account:access")
        }
        let failure = Failure(
            .notFound, "\(path) has no sso-session named \(name)", hint: "there are \(listed(names))")
        return failure.suggesting(nearest(to: name, among: names))
    }

    private static func isName(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isNameByte) }
}
