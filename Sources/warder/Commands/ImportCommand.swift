import Arguments
import Failures
import Importing
import Setup

struct Import: Command {
    static let name = "import"
    static let dryRun = Flag("dry-run", "Show what would change, and change nothing.")
    static let yes = Flag("yes", "Do not ask before anything changes.")
    static let noVerify = Flag("no-verify", "Store the keys without asking AWS whether they work.")
    static let adopt = Flag("adopt", "Also adopt profiles that depend on a key and have an MFA device.")
    static var description: CommandDescription {
        CommandDescription(
            "Moves plaintext keys from the AWS files into the store.",
            """
            Finds every long-term key in ~/.aws/credentials and ~/.aws/config, or
            those of the named profiles. Shows what will change, asks once, checks
            each key with sts:GetCallerIdentity, stores all of them, and reads them
            back. Only then does the profile ask warder, and the two lines of the
            key go. Every other byte stays as it is, and so do the credentials of
            sessions. The same command again finishes what was interrupted.

            examples:
              warder import --dry-run           show what would change, as a diff
              warder import
              warder import default work --yes
            """,
            [Shared.profiles, dryRun, yes, noVerify, adopt, Add.store, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        let (isDry, isSure) = (given[Self.dryRun], given[Self.yes])
        let work = KeyImport(
            context, verifies: !given[Self.noVerify], store: given[Add.store].flatMap(StoreKind.init(rawValue:)))
        var wishes = ImportPlan.Wishes()
        wishes.names = given[Shared.profiles]
        wishes.adopts = given[Self.adopt]
        let look = try work.plan(wishes, opening: false)
        try look.refuseNamed()
        guard !look.items.isEmpty else {
            if !isDry { try look.removeLeftovers() }
            return try look.finishEmpty()
        }
        guard isDry || isSure || context.canAsk else { throw Self.unasked }
        let plan = isDry ? look : try work.plan(wishes, opening: true)
        try plan.refuseNamed()
        try show(plan, context)
        if isDry { return try plan.finish() }
        guard try isSure || context.confirm("import \(plan.count)?", otherwise: false, unasked: false) else {
            throw Failure(.promptNeeded, "nothing was changed", hint: "say yes, or give --yes")
        }
        let done = try work.carryOut(plan)
        done.reportLeftovers()
        try done.finish()
    }

    private static var unasked: Failure {
        Failure(
            .promptNeeded, "a yes is needed, and there is no terminal to ask on",
            hint: "see what would change (warder import --dry-run), then give --yes")
    }

    private func show(_ plan: ImportPlan, _ context: Context) throws(Failure) {
        guard !plan.items.isEmpty else { return }
        try printOut(plan.shown)
        for difference in plan.differences {
            try printOut("\n")
            try printOut(difference: difference, context)
        }
    }
}
