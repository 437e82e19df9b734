import Arguments
import Diagnosing
import Failures
import Glibc
import JSON
import Setup
import Text

struct Doctor: Command {
    static let name = "doctor"
    static let profile = OptionalOperand("profile", .profile, "Examine this profile alone, and what all share.")
    static var description: CommandDescription {
        CommandDescription(
            "Finds what is wrong or will be, each with the command that mends it.",
            """
            Looks at the files, the environment, the store, the sessions and this
            machine. It asks nothing, starts nothing and connects nowhere. Exit code 0
            means nothing to mend, 1 something.

            examples:
              warder doctor
              warder doctor prod
              warder doctor --json | jq .findings
            """,
            [profile, Shared.json])
    }

    let given: Given

    func run() throws {
        let context = try Context(noPrompt: true)
        let subject = Subject(context, profile: given[Self.profile])
        let diagnosis = Diagnosis.offline(subject)
        if given[Shared.json] {
            try printOut(data: diagnosis.json.text() + "\n")
        } else {
            try printOut(diagnosis.text(home: subject.home, isColoured: showsColours(context)))
        }
        guard diagnosis.findings.isEmpty else { throw Failure.saidAlready(.other) }
    }
}
