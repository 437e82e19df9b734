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
    static let sessionOff = Flag("session-off", "Keys that call IAM, without an MFA device, sign without a session.")
    static let from = Option(
        "from", .words(["aws-vault"]), "Take the keys of another program in place of the files: aws-vault.",
        placeholder: "program")
    static var description: CommandDescription {
        CommandDescription(
            "Moves plaintext keys from the AWS files into the store.",
            """
            Finds every long-term key in ~/.aws/credentials and ~/.aws/config, or
            those of the named profiles. Shows what will change, asks, checks each
            key with sts:GetCallerIdentity, stores all of them, and reads them back.
            Only then do the profiles ask warder, and the two lines of each key go.
            Every other byte stays as it is, and so do the credentials of sessions.
            The same command again finishes what was interrupted.

            With --from aws-vault it takes the keys that aws-vault has, by that
            program's own command, and points profiles whose credential_process
            runs aws-vault at warder; warder adopt --undo PROFILE restores such a
            profile.

            examples:
              warder import --dry-run           show what would change, as a diff
              warder import
              warder import default work --yes
              warder import --from aws-vault
            """,
            [Shared.profiles, from, dryRun, yes, noVerify, adopt, sessionOff, Add.store, Shared.noPrompt])
    }

    let given: Given

    private var store: StoreKind? { given[Add.store].flatMap(StoreKind.init(rawValue:)) }

    func run() throws {
        let context = try given.context()
        let dialogue = ImportDialogue(context: context, isDry: given[Self.dryRun], isSure: given[Self.yes])
        if given[Self.from] != nil {
            guard !given[Self.adopt], !given[Self.sessionOff] else {
                throw Failure(misused: Self.self, "--adopt and --session-off go with the keys of the files alone")
            }
            let work = AWSVaultImport(context, verifies: !given[Self.noVerify], store: store)
            return try importFromAWSVault(work, dialogue)
        }
        var wishes = ImportPlan.Wishes()
        wishes.names = given[Shared.profiles]
        wishes.adopts = given[Self.adopt]
        wishes.keepsIAM = given[Self.sessionOff]
        let work = KeyImport(context, verifies: !given[Self.noVerify], store: store, mayAsk: !given[Self.yes])
        try FileImport(work: work, dialogue: dialogue).run(wishes)
    }

    private func importFromAWSVault(_ work: AWSVaultImport, _ dialogue: ImportDialogue) throws(Failure) {
        try dialogue.refuseUnasked()
        let plan = try work.plan(given[Shared.profiles], reading: !dialogue.isDry)
        if !plan.names.isEmpty { try printOut(plan.shown) }
        try dialogue.show(plan.difference)
        if dialogue.isDry || plan.isEmpty { return try plan.finish(isDone: false) }
        try dialogue.ask("import \(plan.count)?")
        try work.carryOut(plan).finish(isDone: true)
    }
}
