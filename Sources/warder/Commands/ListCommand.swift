import Arguments
import Failures
import JSON
import Linux
import Profiles
import Sessions
import Setup
import Stores
import Text
import Times

struct List: Command {
    static let name = "list"
    static var description: CommandDescription {
        CommandDescription(
            "Shows keys, profiles and sessions in one table.",
            """
            Reads no secret and never prompts; while locked, sessions and the keys of
            a vault are not shown.

            examples:
              warder list
              warder list --json | jq .entries
            """,
            [Shared.json, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        let keys = Keys(context)
        let (index, failure) = try keys.listing()
        let sessions = try keys.liveSessions()
        let limit = try Settings.load(context).rotateAfter
        let rows = try rows(ProfileLoading(context).profiles(), index, sessions, limit)
        if let failure { failure.show(on: context.console) }
        if given[Shared.json] {
            return try printOut(data: object(rows, index, sessions).text() + "\n")
        }
        let now = wallClock()
        let cells = rows.map { row in
            [
                row.name, row.spokenKey, row.age?.text ?? "", row.role ?? "",
                row.end.map { spoken(seconds: $0 - now) } ?? "",
            ]
        }
        if !cells.isEmpty { try printOut(table(["NAME", "KEY", "AGE", "ROLE", "SESSION"], cells)) }
        let ages = rows.compactMap { row in row.age.map { (row.name, $0) } }
        if let due = lineOfKeysDue(ages, limit: limit) { note(due) }
        let unfinished = (index ?? []).map { ($0.name, $0.unfinishedFrom) }
        if let line = lineOfUnfinished(unfinished, now: now) { note(line) }
        if try keys.store() != nil {
            if sessions == nil {
                note("locked: \(index == nil ? "keys and sessions" : "sessions") are not shown")
            } else if index == nil, failure == nil {
                note("keys are not shown: the vault has changed; warder vault verify reads it")
            }
        }
        if cells.isEmpty, try keys.store() == nil { note("there is nothing yet; begin with warder add NAME") }
    }

    private struct KeyRow {
        let name: String
        let key: IndexedKey?
        let age: KeyAge?
        let role: String?
        let end: Int64?

        var spokenKey: String { key.map { $0.accessKeyID + ($0.hasTOTPSeed ? " totp" : "") } ?? "" }
    }

    /// The profiles in the order of their files, then the keys without a profile.
    private func rows(
        _ profiles: ProfileSet, _ index: [IndexedKey]?, _ sessions: [SessionSummary]?, _ limit: Int?
    ) throws(Failure) -> [KeyRow] {
        let now = wallClock()
        func row(_ name: String, _ key: IndexedKey?, role: String?, end: Int64?) -> KeyRow {
            let age = key.map { KeyAge(createdAt: $0.createdAt, now: now, limit: limit) }
            return KeyRow(name: name, key: key, age: age, role: role, end: end)
        }
        var keys: [String: IndexedKey] = [:]
        for key in index ?? [] { keys[key.name] = key }
        var ends: [String: Int64] = [:]
        for session in sessions ?? [] { ends[session.label.profile] = session.expiration }
        var rows: [KeyRow] = []
        for name in profiles.profileNames {
            let role: String?
            do throws(ProfileError) { role = try profiles.profile(name)?.setting("role_arn")?.value } catch {
                throw Failure(error)
            }
            rows.append(row(name, keys.removeValue(forKey: name), role: role, end: ends[name]))
        }
        for key in index ?? [] where keys[key.name] != nil {
            rows.append(row(key.name, key, role: nil, end: ends[key.name]))
        }
        return rows
    }

    private func object(_ rows: [KeyRow], _ index: [IndexedKey]?, _ sessions: [SessionSummary]?) -> JSONValue {
        .object([
            ("locked", .bool(sessions == nil)),
            (
                "entries",
                .array(
                    rows.map { row in
                        .object([
                            ("name", .string(row.name)), ("access_key_id", .optional(row.key?.accessKeyID)),
                            ("stored", .optional((row.key?.createdAt).map { UnixTime($0).iso8601 })),
                            ("age_days", row.age.map { .number($0.days) } ?? .null),
                            ("due", row.age.map { .bool($0.isDue) } ?? .null),
                            (
                                "rotation_unfinished",
                                row.key.map { .bool($0.unfinishedFrom.map { $0 <= wallClock() } ?? false) } ?? .null
                            ),
                            ("totp", row.key.map { .bool($0.hasTOTPSeed) } ?? .null),
                            ("role_arn", .optional(row.role)),
                            ("session_expiration", .optional(row.end.map { UnixTime($0).iso8601 })),
                        ])
                    })
            ),
            ("sessions", .array((sessions ?? []).map(\.json))),
        ])
    }
}
