import Arguments
import Desktop
import Failures
import Issuing
import JSON
import Linux
import Rotating
import Setup
import Stores
import Text
import Times
import Vault

struct Rotate: Command {
    static let name = "rotate"
    static let names = Operands("names", .key, "The keys; without any, those that are due.")
    static let all = Flag("all", "Every stored key.")
    static let olderThan = Option(
        "older-than", .text, "Only keys of at least this age, such as 90d, and unfinished ones.", placeholder: "time")
    static let keepOld = Flag("keep-old", "Deactivate the old key, and do not delete it.")
    static let grace = Option(
        "grace", .text, "Let the old key work for this time: 7d, 12h; 0s to end it.", placeholder: "time")
    static let dryRun = Flag("dry-run", "Ask AWS what there is, show the steps, change nothing.")
    static let notify = Flag("notify", "Where a code or passphrase is needed, notify the desktop.")
    static var description: CommandDescription {
        CommandDescription(
            "Replaces keys at AWS: makes a new one, and retires the old one.",
            """
            The new key is stored before anything else happens, and takes the old one's
            place once AWS accepts it, twice in a row. Then the old one is deactivated,
            and deleted when the new one has worked without it. If a run is
            interrupted, the same command again finishes it. Sessions stay good.

            Without a name, the keys that are due: rotate_after in warder's settings,
            90 days by default, and those whose rotation was interrupted.

            examples:
              warder rotate alice
              warder rotate alice --grace 7d      the old key works for another week
              warder rotate --older-than 30d --dry-run
            """,
            [
                names, all, olderThan, keepOld, grace, dryRun, Shared.json, Shared.mfaCode, notify, Shared.noPrompt,
            ])
    }

    let given: Given

    func run() throws {
        let choice = try choice()
        let options = RotationOptions(
            keepsOld: given[Self.keepOld],
            grace: try time(Self.grace, in: 0...Self.longest, "a time for the old key", hint: "give 0s to 365d, as 7d"))
        let context = try given.context()
        let keys = Keys(context)
        let codes = CodeSupply(given: given.mfaCode, keys: keys)
        let run = RotationRun(context, keys, options, SigningSessions(context, keys, codes))
        let names: [KeyName]
        do throws(Failure) { names = try run.chosen(try choice.choice(context)) } catch {
            notify(error, nil, context)
            throw error
        }
        if names.isEmpty { note(choice.nothing) }
        if given[Self.dryRun] { return try show(names, run) }
        try rotate(names, run, context)
    }

    // MARK: - What is wanted

    private func choice() throws(Failure) -> Choice {
        let names = given[Self.names]
        let age = try time(
            Self.olderThan, in: 0...Self.longest * 100, "an age", hint: "give days or hours, as 90d")
        if given[Self.all], !names.isEmpty { throw Failure(misused: Self.self, "--all takes no names") }
        return Choice(names: names, isAll: given[Self.all], age: age)
    }

    private struct Choice {
        let names: [String]
        let isAll: Bool
        let age: Int?

        func choice(_ context: Context) throws(Failure) -> RotationChoice {
            guard names.isEmpty else { return .named(names, olderThan: age) }
            if let age { return .all(olderThan: age) }
            return .all(olderThan: isAll ? 0 : try Settings.load(context).rotateAfter ?? .max)
        }

        /// What to say if no key is chosen.
        var nothing: String {
            names.isEmpty && isAll
                ? "no key is stored" : "no key is old enough to be rotated, and no rotation was interrupted"
        }
    }

    /// Seconds in a year.
    private static let longest = 365 * 86_400

    private func time(
        _ option: Option, in range: ClosedRange<Int>, _ what: String, hint: String
    ) throws(Failure) -> Int? {
        guard let text = given[option] else { return nil }
        return try seconds(ofDuration: text, in: range, what, hint: hint) { Failure(.usage, $0, hint: $1) }
    }

    // MARK: - What came of it

    private func rotate(_ names: [KeyName], _ run: RotationRun, _ context: Context) throws(Failure) {
        var first: Failure?
        var results: [JSONValue] = []
        try run.run(names) { name, result throws(Failure) in
            switch result {
            case .success(let result): results.append(result.json)
            case .failure(let failure):
                results.append(failure.json(of: name))
                if first == nil { first = failure }
                if names.count > 1 {
                    failure.saying("\(name): \(failure.message)").show(on: context.console)
                }
                notify(failure, name, context)
            }
        }
        if given[Shared.json] { try printOut(data: JSONValue.array(results).text() + "\n") }
        guard let first else { return }
        throw names.count > 1 ? .saidAlready(first.code) : first
    }

    private func show(_ names: [KeyName], _ run: RotationRun) throws(Failure) {
        var plans: [RotationPlan] = []
        for name in names { plans.append(try run.plan(name)) }
        if given[Shared.json] { return try printOut(data: JSONValue.array(plans.map(\.json)).text() + "\n") }
        for plan in plans {
            let name = plan.summary.name.text
            try printOut("\(name)  \(plan.summary.accessKeyID)\n")
            for key in plan.keysAtAWS { try printOut("  at AWS: \(key)\n") }
            for step in plan.steps { try printOut("  would \(step)\n") }
        }
    }

    /// Shows a notification if a timer's run needs the user.
    private func notify(_ failure: Failure, _ name: KeyName?, _ context: Context) {
        guard given[Self.notify], failure.code == .promptNeeded || failure.code == .locked else { return }
        let command = "warder rotate" + (name.map { " " + shellWord($0.text) } ?? "")
        _ = Notification.show(
            name.map { "The AWS key \($0) is due for rotation" } ?? "AWS keys may be due for rotation",
            body: "In a terminal: \(command)", busAddress: context.environment.nonEmpty("DBUS_SESSION_BUS_ADDRESS"),
            runtimeFolder: context.paths.runtime, until: .after(milliseconds: 2_000))
    }
}

extension RotationResult {
    fileprivate var json: JSONValue {
        var fields: [(String, JSONValue)] = [
            ("key", .string(name.text)), ("access_key_id", .string(accessKeyID)),
            ("old_access_key_id", .string(oldKey)),
        ]
        switch old {
        case .deleted: fields.append(("old_key", .string("deleted")))
        case .inactive: fields.append(("old_key", .string("inactive")))
        case .active(let until):
            fields.append(("old_key", .string("active")))
            fields.append(("retire_at", .string(UnixTime(Int64(clamping: until)).iso8601)))
        }
        return .object(fields)
    }
}

extension RotationPlan {
    fileprivate var json: JSONValue {
        .object([
            ("key", .string(summary.name.text)), ("access_key_id", .string(summary.accessKeyID)),
            ("keys_at_aws", .array(keysAtAWS.map { .string($0) })), ("steps", .array(steps.map { .string($0) })),
        ])
    }
}

extension Failure {
    fileprivate func json(of name: KeyName) -> JSONValue {
        .object([
            ("key", .string(name.text)), ("error", .string(message)), ("hint", .string(hint)),
            ("exit_code", .number(Int64(code.rawValue))),
        ])
    }
}
