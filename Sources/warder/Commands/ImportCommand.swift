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
    static let from = Option(
        "from", .words(["aws-vault"]), "Take the keys of another program in place of the files: aws-vault.",
        placeholder: "program")
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

            With --from aws-vault it takes the keys that aws-vault has, by that
            program's own command, and points profiles whose credential_process
            runs aws-vault at warder; warder adopt --undo takes that back.

            examples:
              warder import --dry-run           show what would change, as a diff
              warder import
              warder import default work --yes
              warder import --from aws-vault
            """,
            [Shared.profiles, from, dryRun, yes, noVerify, adopt, Add.store, Shared.noPrompt])
    }

    let given: Given

    private var isDry: Bool { given[Self.dryRun] }
    private var isSure: Bool { given[Self.yes] }
    private var store: StoreKind? { given[Add.store].flatMap(StoreKind.init(rawValue:)) }

    func run() throws {
        let context = try given.context()
        if given[Self.from] != nil {
            guard !given[Self.adopt] else {
                throw Failure(misused: Self.self, "--adopt goes with the keys of the files alone")
            }
            return try importFromAWSVault(context)
        }
        let work = KeyImport(context, verifies: !given[Self.noVerify], store: store)
        var wishes = ImportPlan.Wishes()
        wishes.names = given[Shared.profiles]
        wishes.adopts = given[Self.adopt]
        let look = try work.plan(wishes, opening: false)
        try look.refuseNamed()
        guard !look.items.isEmpty else {
            if !isDry { try look.removeLeftovers() }
            return try look.finishEmpty()
        }
        try refuseUnasked(context)
        let plan = isDry ? look : try work.plan(wishes, opening: true)
        try plan.refuseNamed()
        if !plan.items.isEmpty { try printOut(plan.shown) }
        for difference in plan.differences { try show(difference, context) }
        if isDry { return try plan.finish() }
        try ask("import \(plan.count)?", context)
        let done = try work.carryOut(plan)
        done.reportLeftovers()
        try done.finish()
    }

    private func importFromAWSVault(_ context: Context) throws(Failure) {
        try refuseUnasked(context)
        let work = AWSVaultImport(context, verifies: !given[Self.noVerify], store: store)
        let plan = try work.plan(given[Shared.profiles], reading: !isDry)
        if !plan.names.isEmpty { try printOut(plan.shown) }
        try show(plan.difference, context)
        if isDry || plan.isEmpty { return try plan.finish(isDone: false) }
        try ask("import \(plan.count)?", context)
        try work.carryOut(plan)
        try plan.finish(isDone: true)
    }

    private func refuseUnasked(_ context: Context) throws(Failure) {
        guard isDry || isSure || context.canAsk else { throw Self.unasked }
    }

    private func ask(_ question: String, _ context: Context) throws(Failure) {
        if isSure { return }
        guard try context.confirm(question, otherwise: false, unasked: false) else {
            throw Failure(.promptNeeded, "nothing was changed", hint: "say yes, or give --yes")
        }
    }

    private func show(_ difference: [String], _ context: Context) throws(Failure) {
        guard !difference.isEmpty else { return }
        try printOut("\n")
        try printOut(difference: difference, context)
    }

    private static var unasked: Failure {
        Failure(
            .promptNeeded, "a yes is needed, and there is no terminal to ask on",
            hint: "see what would change (warder import --dry-run), then give --yes")
    }
}
