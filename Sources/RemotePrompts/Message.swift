import Linux
import Prompt

/// A line that a waiting process sends; docs/hand-off.md lists them all.
enum Message: Equatable {
    /// The first line: the protocol's version and the waiting process.
    case greeting(process: Int32)
    /// The process needs an answer; the number identifies the request within the process.
    case asked(Int, Request)
    /// The process has an answer and is trying it.
    case taken(Int)
    /// An answer was rejected and another one is needed, at the earliest at the given moment.
    case rejected(Int, note: String, from: Deadline?)
    /// No answer is needed any more.
    case withdrawn(Int)
    /// The outcome.
    case concluded(String, succeeded: Bool)
    /// There are too many connections; the process closes this one.
    case busy

    /// The content of a request.
    struct Request: Equatable {
        var kind: PromptRequest.Kind
        var profile: String
        var device: String?
        var caller: String?
        var note: String?
        /// When the process began to wait.
        var since: Deadline
        /// When it gives up.
        var until: Deadline
        /// When an answer can be of use; nil for at once.
        var from: Deadline?
    }

    private static let name = "warder-hand-off"
    private static let version = "1"

    /// The line, without its end.
    var text: String {
        switch self {
        case .greeting(let process):
            var line = LineBuilder(Self.name, Self.version)
            line.add("pid", Int64(process))
            return line.text
        case .asked(let number, let request):
            var line = LineBuilder("ask", String(number), request.kind.rawValue)
            line.add("since", request.since.milliseconds)
            line.add("until", request.until.milliseconds)
            line.add("from", request.from)
            line.add("profile", request.profile)
            line.add("device", request.device)
            line.add("caller", request.caller)
            line.add("note", request.note)
            return line.text
        case .taken(let number): return "taken \(number)"
        case .rejected(let number, let note, let from):
            var line = LineBuilder("refused", String(number))
            line.add("from", from)
            line.add("note", note)
            return line.text
        case .withdrawn(let number): return "withdrawn \(number)"
        case .concluded(let text, let succeeded):
            var line = LineBuilder(succeeded ? "done" : "failed")
            line.add("text", text)
            return line.text
        case .busy: return "busy"
        }
    }

    /// Nil if this version does not know the line.
    init?(_ text: Substring) {
        guard let line = ParsedLine(text) else { return nil }
        let number = line.words.count > 1 ? Int(line.words[1]) : nil
        switch (line.words[0], number) {
        case (Substring(Self.name), _):
            guard line.words.count > 1, line.words[1] == Self.version, let process = line.number("pid") else {
                return nil
            }
            self = .greeting(process: Int32(clamping: process))
        case ("ask", let number?):
            guard let request = Request(line) else { return nil }
            self = .asked(number, request)
        case ("taken", let number?): self = .taken(number)
        case ("refused", let number?):
            self = .rejected(number, note: line["note"] ?? "", from: line.moment("from"))
        case ("withdrawn", let number?): self = .withdrawn(number)
        case ("done", nil): self = .concluded(line["text"] ?? "", succeeded: true)
        case ("failed", nil): self = .concluded(line["text"] ?? "", succeeded: false)
        case ("busy", nil): self = .busy
        default: return nil
        }
    }
}

extension Message.Request {
    fileprivate init?(_ line: ParsedLine) {
        guard line.words.count == 3, let kind = PromptRequest.Kind(rawValue: String(line.words[2])),
            let profile = line["profile"], let since = line.moment("since"), let until = line.moment("until")
        else { return nil }
        self.init(
            kind: kind, profile: profile, device: line["device"], caller: line["caller"], note: line["note"],
            since: since, until: until, from: line.moment("from"))
    }
}
