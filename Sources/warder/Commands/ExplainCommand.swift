import ArgumentParser
import Explaining
import Failures
import Issuing
import Setup

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows where a profile's credentials come from, and what the next process will do.",
        discussion: """
            The chain as a tree, from its source on: each setting with its file and
            line, what is cached and for how long, and whether the next process will
            prompt. explain itself never prompts, and asks AWS nothing.

            examples:
              warder explain prod
              warder explain prod --json | jq .steps
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var narrowing: NarrowingOptions
    @Flag(help: "Print JSON.")
    var json = false
    @Argument(help: "The profile.", completion: .custom(completeProfiles))
    var profile: String

    func run() throws {
        let context = try Context(noPrompt: true)
        let explanation: Explanation
        do throws(Failure) {
            try Settings.check(context)
            explanation = try Explanation(Issuer(context, profile: profile, code: nil, narrowing: narrowing.wanted()))
        } catch {
            if json { try printOut(data: Explanation.json(error, profile: profile).text() + "\n") }
            throw error
        }
        let home = context.environment.nonEmpty("HOME")
        try json
            ? printOut(data: explanation.json.text() + "\n") : printOut(explanation.text(home: home, now: context.now))
    }
}

/// Options that narrow a role for one command.
struct NarrowingOptions: ParsableArguments {
    @Flag(name: .customLong("read-only"), help: "Narrow the role to AWS's ReadOnlyAccess.")
    var readOnly = false
    @Option(help: "Narrow the role to the session policy in this file.", completion: .file())
    var policy: String?

    func wanted() throws(Failure) -> Narrowing {
        if let policy {
            guard !readOnly else {
                throw Failure(
                    .usage, "--read-only and --policy exclude one another",
                    hint: "two policies would allow more, not less")
            }
            return .policy(path: policy)
        }
        return readOnly ? .readOnly : .none
    }
}
