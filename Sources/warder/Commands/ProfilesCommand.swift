import Arguments
import Chains
import Failures
import Issuing
import Populating
import Setup

struct Profiles: Command {
    static let name = "profiles"
    static let fromSSO = Option(
        "from-sso", .ssoSession, "The [sso-session NAME] of ~/.aws/config to sign in to.", placeholder: "session")
    static let template = Option(
        "name", .text, "How to name the profiles; {account_name}-{role} by default.", placeholder: "template",
        details: "Also {account_id}, {email} and {prefix}.")
    static let prefix = Option("prefix", .text, "What the names begin with.", placeholder: "text")
    static let account = Option(
        "account", .text, "Only accounts with this number or name; * stands for any characters.",
        placeholder: "pattern", details: "May be given several times.")
    static let role = Option(
        "role", .text, "Only roles with this name; * stands for any characters.", placeholder: "pattern",
        details: "May be given several times.")
    static let region = Option(
        "default-region", .text, "The region for profiles that have none.", placeholder: "region")
    static let prune = Flag("prune", "Also remove the command's own profiles whose role is gone.")
    static let dryRun = Flag("dry-run", "Show what would change, and change nothing.")
    static var description: CommandDescription {
        CommandDescription(
            "Makes a profile for each account and role of IAM Identity Center.",
            """
            Signs in if necessary, asks which accounts and roles you have, and adds a
            profile for each role to ~/.aws/config. SDKs ask warder for its
            credentials. Run it again when your access changes: it changes and, with
            --prune, removes only profiles that it made. Settings that you add to such
            a profile stay for as long as it does.

            examples:
              warder profiles --from-sso corp --dry-run     show the changes, as a diff
              warder profiles --from-sso corp --prune
              warder profiles --from-sso corp --role 'ReadOnly*' --prefix ro-
            """,
            [
                fromSSO, template, prefix, account, role, region, prune, dryRun, Refresh.deviceCode, Shared.noPrompt,
            ])
    }

    let given: Given

    func run() throws {
        let selection = try selection()
        let context = try given.context()
        let population = try Population(
            context, selection, signIn: given[Refresh.deviceCode] ? .deviceCode : .automatic)
        if given[Self.dryRun] {
            let plan = try population.planned()
            if !plan.edits.isEmpty { try printOut(difference: plan.config.difference(plan.edits), context) }
            return plan.report(on: context.console, isWritten: false)
        }
        try population.carriedOut().report(on: context.console, isWritten: true)
    }

    private func selection() throws(Failure) -> Selection {
        guard let session = given[Self.fromSSO] else {
            throw Failure(
                .usage, "--from-sso SESSION is missing",
                hint: "warder list shows the profiles; warder profiles --from-sso SESSION makes those of an sso-session"
            )
        }
        if let region = given[Self.region], !isRegionName(region) {
            throw Failure(.usage, "\(region) is not a region", hint: "write it as eu-west-1")
        }
        return Selection(
            session: session, template: try NameTemplate(given[Self.template], prefix: given[Self.prefix]),
            region: given[Self.region], accounts: given.all(Self.account).map { Pattern($0) },
            roles: given.all(Self.role).map { Pattern($0) }, prunes: given[Self.prune])
    }
}
