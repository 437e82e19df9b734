import Arguments
import JSON
import Linux
import Sessions
import Setup
import Stores
import Text
import Times

struct Status: Command {
    static let name = "status"
    static var description: CommandDescription {
        CommandDescription(
            "Shows whether warder is unlocked, and what each session has left.",
            """
            Never prompts, and uses no network.

            examples:
              warder status
              warder status --json | jq .sessions
            """,
            [Shared.json, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        let limit = try Settings.load(context).rotateAfter
        context.reportUnusedRuntimeFolder()
        let keys = Keys(context)
        let state = try keys.unlockedState()
        let store = try keys.store()
        let left = state?.deadline.map { $0.remaining / 1000 }
        let keysLeft = try store?.keysDeadline().map { $0.remaining / 1000 }
        let sessions = try keys.liveSessions()
        let index = try keys.index()
        if given[Shared.json] {
            return try printOut(data: object(store, left, keysLeft, sessions, index, limit).text() + "\n")
        }
        let keysMayOpen = try context.policy().unlockedKeysRule == nil
        try printOut(
            text(store, isHeld: state?.isHeld == true, left, keysLeft, keysMayOpen: keysMayOpen, sessions, index))
        let now = wallClock()
        let ages = (index ?? []).map { ($0.name, KeyAge(createdAt: $0.createdAt, now: now, limit: limit)) }
        if let due = lineOfKeysDue(ages, limit: limit) { note(due) }
        let unfinished = (index ?? []).map { ($0.name, $0.unfinishedFrom) }
        if let line = lineOfUnfinished(unfinished, now: now) { note(line) }
    }

    private func text(
        _ store: (any KeyStore)?, isHeld: Bool, _ left: Int64?, _ keysLeft: Int64?, keysMayOpen: Bool,
        _ sessions: [SessionSummary]?, _ index: [IndexedKey]?
    ) -> Shown {
        guard let left, let sessions else {
            guard let store else { return "no key yet: warder add NAME stores one\n" }
            let opensByItself = (try? store.opensByItself()) ?? false
            return opensByItself && !isHeld ? "not used yet: it opens by itself\n" : "locked: warder unlock\n"
        }
        var text: Shown = "unlocked for \(spoken(seconds: left))\n"
        text += "sessions: those that are cached are served\n"
        if let keysLeft {
            text += "keys: unlocked for \(spoken(seconds: keysLeft)); warder lock ends it\n"
        } else if let store, store.keysOpenApart {
            let opensByItself = (try? store.opensByItself()) == true
            text +=
                opensByItself
                ? "keys: they open by themselves\n"
                : "keys: locked; a new session straight from a key asks for the passphrase, "
                    + "one behind a cached session does not\(keysMayOpen ? " (warder unlock --keys opens them)" : "")\n"
        }
        let now = wallClock()
        if !sessions.isEmpty {
            let rows = sessions.map { session in
                [
                    session.label.profile,
                    session.label.role
                        ?? "\(session.label.mfaDevice == nil ? "" : "MFA ")session of \(session.label.key ?? "a key")",
                    bar(session, now), spoken(seconds: session.expiration - now),
                ]
            }
            text += "\n" + table(["PROFILE", "SESSION", "", "LEFT"], rows)
        }
        if let index, !index.isEmpty {
            let rows = index.map { [$0.name, $0.accessKeyID, spoken(seconds: now - $0.createdAt)] }
            text += "\n" + table(["KEY", "ID", "STORED FOR"], rows)
        }
        return text
    }

    /// A bar of ten cells, full at the session's beginning.
    private func bar(_ session: SessionSummary, _ now: Int64) -> String {
        let whole = max(1, session.expiration - session.label.issued)
        let left = max(0, min(10, Int((session.expiration - now) * 10 / whole)))
        return String(repeating: "█", count: left) + String(repeating: "░", count: 10 - left)
    }

    private func object(
        _ store: (any KeyStore)?, _ left: Int64?, _ keysLeft: Int64?, _ sessions: [SessionSummary]?,
        _ index: [IndexedKey]?, _ limit: Int?
    ) -> JSONValue {
        let now = wallClock()
        return .object([
            ("unlocked", .bool(left != nil)), ("unlocked_seconds", left.map { .number($0) } ?? .null),
            ("keys_unlocked_seconds", keysLeft.map { .number($0) } ?? .null),
            ("store", .optional(store?.kind.rawValue)),
            ("vault", .optional(store?.path)),
            ("sessions", sessions.map { .array($0.map(\.json)) } ?? .null),
            (
                "keys",
                index.map { keys in
                    .array(
                        keys.map { key in
                            let age = KeyAge(createdAt: key.createdAt, now: now, limit: limit)
                            return .object([
                                ("name", .string(key.name)), ("access_key_id", .string(key.accessKeyID)),
                                ("account", .optional(key.accountID)),
                                ("stored", .string(UnixTime(key.createdAt).iso8601)),
                                ("age_days", .number(age.days)), ("due", .bool(age.isDue)),
                                ("rotation_unfinished", .bool(key.unfinishedFrom.map { $0 <= now } ?? false)),
                            ])
                        })
                } ?? .null
            ),
        ])
    }
}

extension SessionSummary {
    /// The session's entry in `--json`.
    var json: JSONValue {
        .object([
            ("profile", .string(label.profile)), ("key", .optional(label.key)), ("role", .optional(label.role)),
            ("mfa_serial", .optional(label.mfaDevice)), ("access_key_id", .string(accessKeyID)),
            ("issued", .string(UnixTime(label.issued).iso8601)),
            ("expiration", .string(UnixTime(expiration).iso8601)),
        ])
    }
}
