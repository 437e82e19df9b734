import Arguments
import Explaining
import Failures
import Issuing
import Setup

struct Explain: Command {
    static let name = "explain"
    static var description: CommandDescription {
        CommandDescription(
            "Shows where a profile's credentials come from, and what the next process will do.",
            """
            The chain as a tree, from its source on: each setting with its file and
            line, what is cached and for how long, and whether the next process will
            prompt. explain itself never prompts, and asks AWS nothing.

            examples:
              warder explain prod
              warder explain prod --json | jq .steps
            """,
            [Shared.profile, Shared.json] + Shared.narrowing + [Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let profile = given[Shared.profile]
        let json = given[Shared.json]
        let context = try Context(noPrompt: true)
        let explanation: Explanation
        do throws(Failure) {
            try Settings.check(context)
            explanation = try Explanation(Issuer(context, profile: profile, code: nil, narrowing: given.narrowing()))
        } catch {
            if json { try printOut(data: Explanation.json(error, profile: profile).text() + "\n") }
            throw error
        }
        let home = context.environment.nonEmpty("HOME")
        try json
            ? printOut(data: explanation.json.text() + "\n") : printOut(explanation.text(home: home, now: context.now))
    }
}
