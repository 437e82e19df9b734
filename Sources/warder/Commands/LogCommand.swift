import Arguments
import AuditLog
import Failures
import Glibc
import JSON
import Linux
import Setup
import Stores
import Text
import Times

struct Log: Command {
    static let name = "log"
    static let profile = OptionalOperand("profile", .profile, "Only what concerns this profile.")
    static let since = Option("since", .text, "How far back to go: 2h, 1d.", placeholder: "time")
    static let caller = Option("caller", .text, "Only what this program asked for.", placeholder: "program")
    static let follow = Flag("follow", "Keep running, and show what is added; Ctrl-C ends it.")
    static let verify = Flag("verify", "Check that no line was changed, removed or added.")
    static let beginAnew = Flag("begin-anew", "Begin a new log; the one so far is no longer verified.")
    static var description: CommandDescription {
        CommandDescription(
            "Shows who used which credentials, and when.",
            """
            Each answer leaves a line: when, which profile and role, for which program
            in which folder; so do new sessions, changes of the store, and refusals.
            No line holds a secret. log = off in warder's settings turns it off.

            Lines are sealed as they are written: an attacker who takes over your
            account later cannot change what was written before without --verify
            finding it. --verify opens the store.

            examples:
              warder log --since 2h
              warder log prod --caller terraform
              warder log --follow
              warder log --json | jq 'select(.event == "refused")'
              warder log --verify

            exit codes: 9 if --verify finds damage
            """,
            [profile, since, caller, follow, Shared.json, verify, beginAnew, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        try checkModes()
        let context = try given.context()
        if given[Self.beginAnew] { return try beginAnew(context) }
        if given[Self.verify] { return try verify(context) }
        try show(context)
    }

    private func checkModes() throws(Failure) {
        let shows =
            given[Self.profile] != nil || given[Self.since] != nil || given[Self.caller] != nil || given[Self.follow]
        if given[Self.verify] || given[Self.beginAnew], shows {
            throw Failure(misused: Self.self, "--verify and --begin-anew are about the log as a whole")
        }
        if given[Self.beginAnew], given[Self.verify] || given[Shared.json] {
            throw Failure(misused: Self.self, "--begin-anew goes alone")
        }
    }

    // MARK: - Showing

    private func show(_ context: Context) throws(Failure) {
        let filter = LogFilter(
            profile: given[Self.profile], program: given[Self.caller], since: try moment(context.now))
        var reader = LogReader(context.log)
        let isJSON = given[Shared.json]
        var table = LogTable(home: context.environment.nonEmpty("HOME"))
        var entries: [LogEntry] = []
        try inLog { () throws(LogError) in try reader.readAll { if filter.accepts($0) { entries.append($0) } } }
        if isJSON {
            try printOut(data: entries.map { $0.line + "\n" }.joined())
        } else if !entries.isEmpty || given[Self.follow] {
            try printOut(table.beginning(entries))
        } else if reader.unreadable == 0 {
            note(filter.isEmpty ? "nothing is in the log yet" : "the log has nothing of that")
        }
        if reader.unreadable > 0 {
            let lines = reader.unreadable == 1 ? "1 line" : "\(reader.unreadable) lines"
            note("\(lines) of the log cannot be read: see warder log --verify")
        }
        guard given[Self.follow] else { return }
        while !isReaderGone(STDOUT_FILENO) {
            sleep(milliseconds: 300)
            entries = []
            try inLog { () throws(LogError) in try reader.readMore { if filter.accepts($0) { entries.append($0) } } }
            for entry in entries {
                if isJSON { try printOut(data: entry.line + "\n") } else { try printOut(table.row(entry)) }
            }
        }
    }

    private func moment(_ now: Int64) throws(Failure) -> Int64? {
        guard let since = given[Self.since] else { return nil }
        let time = try seconds(
            ofDuration: since, in: 0...1_000_000_000, "a length of time", hint: "write it as 30m, 2h or 1d"
        ) { Failure(.usage, $0, hint: $1) }
        return now - Int64(time)
    }

    // MARK: - Verifying

    private func verify(_ context: Context) throws(Failure) {
        switch try LogChecking(Keys(context)).verdict() {
        case .good(let lines, let since, let uncovered):
            if given[Shared.json] { return try printOut(data: object(lines, since, uncovered).text() + "\n") }
            let moment = UnixTime(iso8601: since).map { localTime($0.seconds) } ?? since
            note("the log is as it was written: \(lines) \(lines == 1 ? "line" : "lines") since \(moment)")
            for file in uncovered { note("\(file) is of an earlier log, and was not checked") }
        case .bad(let damage, let file, let line):
            if given[Shared.json] {
                try printOut(
                    data: JSONValue.object([
                        ("good", .bool(false)), ("damage", .string(damage.rawValue)), ("file", .string(file)),
                        ("line", .number(Int64(line))),
                    ]).text() + "\n")
            }
            throw Failure(damage, file: file, line: line)
        }
    }

    private func object(_ lines: Int, _ since: String, _ uncovered: [String]) -> JSONValue {
        .object([
            ("good", .bool(true)), ("lines", .number(Int64(lines))), ("since", .string(since)),
            ("unchecked", .array(uncovered.map { .string($0) })),
        ])
    }

    private func beginAnew(_ context: Context) throws(Failure) {
        try LogChecking(Keys(context)).beginAnew()
        note("the log begins anew; the files before are kept beside it until newer ones push them out")
    }

    private func inLog(_ work: () throws(LogError) -> Void) throws(Failure) {
        do throws(LogError) { try work() } catch { throw Failure(error) }
    }
}
