import Adopting
import Arguments
import Chains
import Failures
import Profiles
import Setup

struct Adopt: Command {
    static let name = "adopt"
    static let all = Flag("all", "Every profile with a role or IAM Identity Center; with --undo, every adopted one.")
    static let undo = Flag("undo", "Take back what adopt changed, to the byte.")
    static let dryRun = Flag("dry-run", "Show what would change, and change nothing.")
    static var description: CommandDescription {
        CommandDescription(
            "Points profiles at warder, so that every SDK asks it for their credentials.",
            """
            In ~/.aws/config, what SDKs would act on (role_arn, source_profile, sso_session
            and the like) gets a warder_ before its name, which hides it from them, and
            credential_process is added, under a comment that notes what was changed, for
            --undo to take back. Every other byte stays as it is.

            examples:
              warder adopt prod audit
              warder adopt --all --dry-run      show what would change, as a diff
              warder adopt --undo prod          take it back
            """,
            [Shared.profiles, all, undo, dryRun, Shared.noPrompt])
    }

    let given: Given
    private var profiles: [String] { given[Shared.profiles] }
    private var all: Bool { given[Self.all] }
    private var undo: Bool { given[Self.undo] }

    func run() throws {
        guard all == profiles.isEmpty else {
            throw Failure(
                .usage, all ? "--all is given, and profiles too" : "no profile is named",
                hint: undo
                    ? "warder adopt --undo PROFILE, or warder adopt --undo --all"
                    : "warder adopt PROFILE, or warder adopt --all")
        }
        let context = try given.context()
        let names = all ? nil : profiles
        if given[Self.dryRun] {
            let plan = try AdoptionPlan.planned(context, names: names, undoes: undo)
            if let config = plan.config, !plan.edits.isEmpty {
                try printOut(difference: config.difference(plan.edits), context)
            }
            return try plan.finish(isWritten: false)
        }
        let plan = try AdoptionPlan.carriedOut(context, names: names, undoes: undo)
        for name in plan.changed { note("\(name) \(undo ? "asks warder no more" : "asks warder from now on")") }
        try plan.finish(isWritten: true)
    }
}
