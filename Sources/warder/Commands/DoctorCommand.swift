import Arguments
import Diagnosing
import Failures
import JSON
import Setup
import Text

struct Doctor: Command {
    static let name = "doctor"
    static let profile = OptionalOperand("profile", .profile, "Examine this profile alone, and what all share.")
    static let online = Flag("online", "Ask AWS too: endpoints, keys, MFA devices, roles.")
    static let fix = Flag("fix", "Do what is safe, after a yes: permissions, and adopting profiles.")
    static let yes = Flag("yes", "With --fix: do not ask.")
    static let report = Flag("report", "Print a text to hand on, without names, account numbers and key IDs.")
    static var description: CommandDescription {
        CommandDescription(
            "Finds what is wrong or will be, each with the command that mends it.",
            """
            Looks at the files, the environment, the store, the sessions and this
            machine. It asks nothing, starts nothing and connects nowhere; with --online
            it asks AWS too, uses up no code, and is done in ten seconds. Exit code 0
            means that nothing is to be mended, 1 that something is.

            examples:
              warder doctor
              warder doctor prod
              warder doctor prod --online
              warder doctor prod --fix
              warder doctor --report > report.txt     to be pasted into a ticket
              warder doctor --json | jq .findings
            """,
            [profile, online, fix, yes, report, Shared.json])
    }

    let given: Given

    func run() throws {
        let ways = [given[Self.fix], given[Self.report], given[Shared.json]].filter { $0 }
        guard ways.count < 2 else {
            throw Failure(misused: Self.self, "--fix, --report and --json exclude one another")
        }
        guard given[Self.fix] || !given[Self.yes] else {
            throw Failure(misused: Self.self, "--yes goes with --fix alone")
        }
        let (subject, diagnosis) = try examined()
        if given[Self.report] {
            try printOut(data: Handout(subject, diagnosis).text)
        } else if given[Shared.json] {
            try printOut(data: diagnosis.json.text() + "\n")
        } else {
            try printOut(diagnosis.text(home: subject.home, isColoured: showsColours(subject.context)))
        }
        let left = given[Self.fix] ? try fixed(diagnosis) : diagnosis
        guard left.findings.isEmpty else { throw Failure.saidAlready(.other) }
    }

    private func examined() throws(Failure) -> (Subject, Diagnosis) {
        let subject = Subject(try Context(noPrompt: true), profile: given[Self.profile])
        var diagnosis = Diagnosis.offline(subject)
        if given[Self.online] { diagnosis.online(subject) }
        return (subject, diagnosis)
    }

    /// Does what may be done, after a yes.
    ///
    /// - Returns: the diagnosis of what is left.
    private func fixed(_ diagnosis: Diagnosis) throws(Failure) -> Diagnosis {
        let fixes = diagnosis.fixes
        guard !fixes.isEmpty else {
            if !diagnosis.findings.isEmpty { note("none of this is for --fix to do") }
            return diagnosis
        }
        let context = try Context(noPrompt: false)
        try printOut(fixes.reduce("\nto be done:\n") { $0 + "  $ \($1.command)\n" })
        try ask(context)
        for fix in fixes {
            do throws(Failure) {
                try fix.carryOut(context)
                note("done: \(fix.command)")
            } catch { error.show(on: context.console) }
        }
        let (subject, left) = try examined()
        // What came to light only now: a file that can be read at last.
        let new = left.without(diagnosis)
        if !new.findings.isEmpty {
            try printOut("\n" + new.text(home: subject.home, isColoured: showsColours(subject.context)))
        }
        note(left.summary)
        return left
    }

    private func ask(_ context: Context) throws(Failure) {
        if given[Self.yes] { return }
        guard context.canAsk else {
            throw Failure(
                .promptNeeded, "a yes is needed, and there is no terminal to ask on", hint: "warder doctor --fix --yes")
        }
        guard try context.confirm("do this?", otherwise: false, unasked: false) else {
            throw Failure(.promptNeeded, "nothing was changed", hint: "say yes, or give --yes")
        }
    }
}
