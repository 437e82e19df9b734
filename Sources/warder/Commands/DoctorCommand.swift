import Arguments
import Diagnosing
import Failures
import JSON
import Setup
import Text

struct Doctor: Command {
    static let name = "doctor"
    static let profile = OptionalOperand("profile", .profile, "Check only this profile, and what all profiles share.")
    static let online = Flag("online", "Ask AWS too: endpoints, keys, MFA devices, roles.")
    static let fix = Flag("fix", "Make the safe fixes (permissions, adopting profiles), after asking.")
    static let yes = Flag("yes", "With --fix: do not ask.")
    static let report = Flag("report", "Print a report to share, without user names, account numbers or key IDs.")
    static var description: CommandDescription {
        CommandDescription(
            "Finds problems, and prints a command to fix each.",
            """
            Looks at the files, the environment, the store, the sessions and this
            machine. Without --online and --fix it never prompts, changes nothing, starts
            no program and makes no network connection. With --online it asks AWS too,
            uses up no MFA code, and finishes within ten seconds. The exit code is 0 if
            there are no findings (with --fix: none are left), 1 if there are some, and 4
            if --fix cannot ask, or the answer is no.

            examples:
              warder doctor
              warder doctor prod
              warder doctor prod --online
              warder doctor prod --fix
              warder doctor --report > report.txt     to paste into a ticket
              warder doctor --json | jq .findings
            """,
            [profile, online, fix, yes, report, Shared.json])
    }

    let given: Given

    func run() throws {
        let ways = [given[Self.fix], given[Self.report], given[Shared.json]].filter { $0 }
        guard ways.count < 2 else {
            throw Failure(misused: Self.self, "use only one of --fix, --report and --json")
        }
        guard given[Self.fix] || !given[Self.yes] else {
            throw Failure(misused: Self.self, "--yes works only with --fix")
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

    /// It waits for no writer of a pipe: one such file may be read for each profile.
    private static var world: World {
        var world = World.system
        world.waits.readsPipes = false
        return world
    }

    private func examined() throws(Failure) -> (Subject, Diagnosis) {
        let subject = Subject(try Context(noPrompt: true, world: Self.world), profile: given[Self.profile])
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
            if !diagnosis.findings.isEmpty { note("--fix cannot fix any of these") }
            return diagnosis
        }
        let context = try Context(noPrompt: false, world: Self.world)
        try printOut(fixes.reduce("\nwill run:\n") { $0 + "  $ \($1.command)\n" })
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
                .promptNeeded, "--fix must ask first, and there is no terminal", hint: "warder doctor --fix --yes")
        }
        guard try context.confirm("run these?", otherwise: false, unasked: false) else {
            throw Failure(.promptNeeded, "nothing was changed", hint: "say yes, or give --yes")
        }
    }
}
