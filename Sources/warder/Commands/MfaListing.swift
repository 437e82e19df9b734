import Failures
import HandOff
import JSON
import Linux
import Prompt
import Setup
import Text

extension MFA {
    /// What `--list` prints.
    func list(_ waiting: [Connection]) throws(Failure) {
        if json {
            return try printOut(data: JSONValue.array(waiting.compactMap { $0.enquiry?.json }).text() + "\n")
        }
        try printOut(waiting.isEmpty ? "nobody waits for a code\n" : table(of: waiting) + "\n")
    }

    /// Those that wait, in a table without a line end behind it.
    func table(of waiting: [Connection], numbered: Bool = false) -> Shown {
        let head = (numbered ? ["#"] : ["PID"]) + ["PROFILE", "WANTED", "BY", "SINCE", "LEFT"]
        let rows = waiting.enumerated().map { index, connection in
            guard let enquiry = connection.enquiry else { return [String]() }
            return [numbered ? String(index + 1) : String(enquiry.process)] + enquiry.cells
        }
        return Text.table(head, rows).withoutLineEnd
    }

    /// How many devices codes are wanted of.
    func devices(of waiting: [Connection]) -> Int { Set(waiting.map { ByteText($0.enquiry?.device ?? "") }).count }

    /// The one to be asked about: the one that has waited longest, if all want the same; otherwise one of a list.
    func picked(of waiting: [Connection], _ context: Context) throws(Failure) -> Connection {
        guard let first = waiting.first else { throw .nobodyWaits }
        guard let kind = first.enquiry?.kind else { throw .gone }
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

extension WaitingEnquiry {
    /// How long the process has waited, in seconds.
    var waited: Int64 { (Deadline.now.milliseconds - since.milliseconds) / 1000 }

    /// What a row of the table says, but for the process.
    fileprivate var cells: [String] {
        [
            profile, device ?? "yes or no", caller ?? "", spoken(seconds: waited),
            spoken(seconds: deadline.remaining / 1000),
        ]
    }

    /// What `--list --json` says of it.
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
        .other, "nobody waits for a code", hint: "warder mfa --watch stays, and asks when somebody does")

    /// Somebody waits, and for another kind of answer than was given.
    static func wanted(_ enquiry: WaitingEnquiry?, notA kind: Enquiry.Kind) -> Failure {
        guard let enquiry else { return nobodyWaits }
        let profile = printable(enquiry.profile)
        return kind == .code
            ? Failure(
                .other, "nobody waits for a code, but \(profile) for a yes or no",
                hint: "say which: warder mfa yes, or warder mfa no")
            : Failure(
                .other, "nobody waits for a yes or no, but \(profile) for a code",
                hint: "give it: warder mfa CODE")
    }

    static let gone = Failure(
        .other, "the process that waited is gone", hint: "see who waits still: warder mfa --list")

    static let silent = Failure(
        .other, "the process does not say what came of the answer", hint: "see whether it is stopped: warder mfa --list"
    )

    /// - Parameter kind: what is waited for.
    static func nobodyToAsk(for kind: Enquiry.Kind?) -> Failure {
        let isYes = kind == .confirmation
        return Failure(
            .promptNeeded, "\(isYes ? "a yes or no" : "a code") is needed, and there is no terminal to ask on",
            hint: isYes ? "say which: warder mfa yes, or warder mfa no" : "give the code: warder mfa CODE")
    }
}
