import Failures
import RemotePrompts
import JSON
import Linux
import Prompt
import Setup
import Text

extension MFA {
    /// What `--list` prints.
    func list(_ waiting: [WaiterConnection]) throws(Failure) {
        if given[Shared.json] {
            return try printOut(data: JSONValue.array(waiting.compactMap { $0.request?.json }).text() + "\n")
        }
        try printOut(waiting.isEmpty ? "no process waits for a code\n" : table(of: waiting) + "\n")
    }

    /// The waiting processes as a table, without a line end after it.
    func table(of waiting: [WaiterConnection], numbered: Bool = false) -> Shown {
        let head = (numbered ? ["#"] : ["PID"]) + ["PROFILE", "WANTED", "BY", "SINCE", "LEFT"]
        let rows = waiting.enumerated().map { index, connection in
            guard let request = connection.request else { return [String]() }
            return [numbered ? String(index + 1) : String(request.process)] + request.cells
        }
        return Text.table(head, rows).withoutLineEnd
    }

    /// The number of devices whose codes are wanted.
    func devices(of waiting: [WaiterConnection]) -> Int {
        Set(waiting.map { ByteText($0.request?.device ?? "") }).count
    }

    /// The process to prompt for: the one that has waited longest, if all want the same; otherwise the one that the
    /// user picks from a list.
    func picked(of waiting: [WaiterConnection], _ context: Context) throws(Failure) -> WaiterConnection {
        guard let first = waiting.first else { throw .nobodyWaits }
        guard let kind = first.request?.kind else { throw .gone }
        if waiting.count == 1 { return first }
        if kind == .code && devices(of: waiting) == 1 { return first }
        let newest = Array(waiting.reversed())
        printMessage(table(of: newest, numbered: true))
        while true {
            guard let answer = try context.ask("which one (1-\(newest.count)): ") else {
                throw .nobodyToAsk(for: kind)
            }
            if let number = Int(answer), newest.indices.contains(number - 1) { return newest[number - 1] }
            if answer.isEmpty { throw Failure(.promptNeeded, "none was chosen", hint: "run the command again") }
        }
    }
}

extension PendingRequest {
    /// How long the process has waited, in seconds.
    var waited: Int64 { (Deadline.now.milliseconds - since.milliseconds) / 1000 }

    /// The cells of its row in the table, except the process.
    fileprivate var cells: [String] {
        [
            profile, device ?? "yes or no", caller ?? "", spoken(seconds: waited),
            spoken(seconds: deadline.remaining / 1000),
        ]
    }

    /// Its entry in `--list --json`.
    fileprivate var json: JSONValue {
        .object([
            ("pid", .number(Int64(process))), ("kind", .string(kind.rawValue)), ("profile", .string(profile)),
            ("mfa_serial", .optional(device)), ("caller", .optional(caller)), ("note", .optional(note)),
            ("waited_seconds", .number(waited)), ("left_seconds", .number(deadline.remaining / 1000)),
        ])
    }
}

extension Failure {
    static let nobodyWaits = Failure(
        .other, "no process waits for a code", hint: "warder mfa --watch keeps running and asks when one does")

    /// A process waits, but for another kind of answer than the user gave.
    static func wanted(_ request: PendingRequest?, notA kind: PromptRequest.Kind) -> Failure {
        guard let request else { return nobodyWaits }
        let profile = printable(request.profile)
        return kind == .code
            ? Failure(
                .other, "no process waits for a code, but \(profile) waits for a yes or no",
                hint: "say which: warder mfa yes, or warder mfa no")
            : Failure(
                .other, "no process waits for a yes or no, but \(profile) waits for a code",
                hint: "give it: warder mfa CODE")
    }

    static let gone = Failure(
        .other, "the process that waited is gone", hint: "see which processes still wait: warder mfa --list")

    static let silent = Failure(
        .other, "the process does not say what came of the answer", hint: "see whether it is stopped: warder mfa --list"
    )

    /// - Parameter kind: the kind of answer that the process waits for.
    static func nobodyToAsk(for kind: PromptRequest.Kind?) -> Failure {
        let isYes = kind == .confirmation
        return Failure(
            .promptNeeded, "\(isYes ? "a yes or no" : "a code") is needed, and there is no terminal to ask on",
            hint: isYes ? "say which: warder mfa yes, or warder mfa no" : "give the code: warder mfa CODE")
    }
}
