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
    /// An answer was of no use, and another one is wanted; none is before so many seconds.
    case refused(Int, note: String, wait: Int64)
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
        /// Seconds since the process began to wait.
        var waited: Int64
        /// Seconds until it gives up.
        var left: Int64
        /// Seconds until an answer can be of use.
        var wait: Int64
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
            line.add("waited", question.waited)
            line.add("left", question.left)
            if question.wait > 0 { line.add("wait", question.wait) }
            line.add("profile", question.profile)
            line.add("device", question.device)
            line.add("caller", question.caller)
            line.add("note", question.note)
            return line.text
        case .taken(let number): return "taken \(number)"
        case .refused(let number, let note, let wait):
            var line = Line("refused", String(number))
            line.add("wait", wait)
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
            self = .refused(number, note: line["note"] ?? "", wait: line.number("wait") ?? 0)
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
            let profile = line["profile"]
        else { return nil }
        self.init(
            kind: kind, profile: profile, device: line["device"], caller: line["caller"], note: line["note"],
            waited: line.number("waited") ?? 0, left: line.number("left") ?? 0, wait: line.number("wait") ?? 0)
    }
}
