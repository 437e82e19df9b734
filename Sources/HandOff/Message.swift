import Linux
import Prompt

/// What a process that waits says, a line each; docs/hand-off.md has them all.
enum Message: Equatable {
    /// The first line: the protocol's version and the process that waits.
    case greeting(process: Int32)
    /// An answer is wanted; the number tells it from others of the same process.
    case asked(Int, Question)
    /// An answer was taken, and is being tried.
    case taken(Int)
    /// An answer was of no use, and another one is wanted; none is of use before a moment.
    case refused(Int, note: String, from: Deadline?)
    /// No answer is wanted any more.
    case withdrawn(Int)
    /// What came of it.
    case concluded(String, succeeded: Bool)
    /// There are too many connections, and this one is closed.
    case busy

    /// What is wanted.
    struct Question: Equatable {
        var kind: Enquiry.Kind
        var profile: String
        var device: String?
        var caller: String?
        var note: String?
        /// Since when the process waits.
        var since: Deadline
        /// When it gives up.
        var until: Deadline
        /// No answer is of use before it; nil for at once.
        var from: Deadline?
    }

    private static let name = "warder-hand-off"
    private static let version = "1"

    /// The line, without its end.
    var text: String {
        switch self {
        case .greeting(let process):
            var line = Line(Self.name, Self.version)
            line.add("pid", Int64(process))
            return line.text
        case .asked(let number, let question):
            var line = Line("ask", String(number), question.kind.rawValue)
            line.add("since", question.since.milliseconds)
            line.add("until", question.until.milliseconds)
            line.add("from", question.from)
            line.add("profile", question.profile)
            line.add("device", question.device)
            line.add("caller", question.caller)
            line.add("note", question.note)
            return line.text
        case .taken(let number): return "taken \(number)"
        case .refused(let number, let note, let from):
            var line = Line("refused", String(number))
            line.add("from", from)
            line.add("note", note)
            return line.text
        case .withdrawn(let number): return "withdrawn \(number)"
        case .concluded(let text, let succeeded):
            var line = Line(succeeded ? "done" : "failed")
            line.add("text", text)
            return line.text
        case .busy: return "busy"
        }
    }

    /// Nil for a line that this version does not know.
    init?(_ text: Substring) {
        guard let line = ReadLine(text) else { return nil }
        let number = line.words.count > 1 ? Int(line.words[1]) : nil
        switch (line.words[0], number) {
        case (Substring(Self.name), _):
            guard line.words.count > 1, line.words[1] == Self.version, let process = line.number("pid") else {
                return nil
            }
            self = .greeting(process: Int32(clamping: process))
        case ("ask", let number?):
            guard let question = Question(line) else { return nil }
            self = .asked(number, question)
        case ("taken", let number?): self = .taken(number)
        case ("refused", let number?):
            self = .refused(number, note: line["note"] ?? "", from: line.moment("from"))
        case ("withdrawn", let number?): self = .withdrawn(number)
        case ("done", nil): self = .concluded(line["text"] ?? "", succeeded: true)
        case ("failed", nil): self = .concluded(line["text"] ?? "", succeeded: false)
        case ("busy", nil): self = .busy
        default: return nil
        }
    }
}

extension Message.Question {
    fileprivate init?(_ line: ReadLine) {
        guard line.words.count == 3, let kind = Enquiry.Kind(rawValue: String(line.words[2])),
            let profile = line["profile"], let since = line.moment("since"), let until = line.moment("until")
        else { return nil }
        self.init(
            kind: kind, profile: profile, device: line["device"], caller: line["caller"], note: line["note"],
            since: since, until: until, from: line.moment("from"))
    }
}
