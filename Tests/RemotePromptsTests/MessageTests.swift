import Linux
import Secrets
import Testing

@testable import RemotePrompts

private func bytes(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: 128)
    bytes.append(text)
    return bytes
}

private func at(_ milliseconds: Int64) -> Deadline { Deadline(milliseconds: milliseconds) }

private func isNone<Value: ~Copyable>(_ value: consuming Value?) -> Bool {
    switch consume value {
    case nil: true
    case .some: false
    }
}

@Suite("The lines of the hand-off")
struct MessageTests {
    private static let hostile = "pr\u{6f}d\nwithdrawn 1\r \u{1b}[31m%0A=\u{202e}ß \u{1F511}\0 "

    @Test(
        "what is said is understood",
        arguments: [
            Message.greeting(process: 4711),
            .asked(
                3,
                .init(
                    kind: .code, profile: hostile, device: hostile, caller: hostile, note: hostile, since: at(12),
                    until: at(108), from: at(17))),
            .asked(1, .init(kind: .confirmation, profile: "", since: at(0), until: at(0))),
            .taken(1), .rejected(2, note: hostile, from: at(17)), .rejected(2, note: "", from: nil), .withdrawn(4),
            .busy,
            .concluded(hostile, succeeded: true), .concluded("", succeeded: false),
        ])
    func roundTrip(message: Message) {
        #expect(Message(message.text[...]) == message)
        #expect(!message.text.utf8.contains { $0 < 0x20 || $0 > 0x7e })
    }

    @Test("the line of the specification")
    func specified() {
        let request = Message.Request(
            kind: .code, profile: "prod", device: "arn:aws:iam::111111111111:mfa/alice",
            caller: "terraform (4711) in ~/infra", note: nil, since: at(81_234_567), until: at(81_354_567))
        #expect(
            Message.asked(1, request).text
                == "ask 1 code since=81234567 until=81354567 profile=prod device=arn:aws:iam::111111111111:mfa/alice"
                + " caller=terraform%20%284711%29%20in%20~/infra")
    }

    @Test("no value makes a line too long")
    func bounded() {
        for letter in ["a", "\n", "\u{1F511}"] {
            let long = String(repeating: letter, count: 5000)
            let request = Message.Request(
                kind: .confirmation, profile: long, device: long, caller: long, note: long,
                since: at(1_000_000_000_000),
                until: at(1_000_000_000_000), from: at(1_000_000_000_000))
            let text = Message.asked(.max, request).text
            #expect(text.utf8.count < LineBuilder.limit)
            guard case .asked(_, let read)? = Message(text[...]) else { Issue.record("unreadable"); continue }
            #expect(read.profile.hasSuffix("…") && long.hasPrefix(read.profile.dropLast()))
        }
    }

    @Test(
        "what is none of it is refused",
        arguments: [
            "", " ", "ask", "ask 1", "ask 1 code", "ask x code profile=a", "ask 1 riddle profile=a",
            "ask 1 code profile=%2",
            "ask 1 code profile=%zz", "ask 1 code since=1 until=2 profile=a b", "ask 1 code profile=a",
            "ask 1 code since=-1 until=2 profile=a",
            "ask 1 code since=1 until=1000000000001 profile=a", "warder-hand-off 2 pid=1", "warder-hand-off 1",
            "warder-hand-off 1 pid=-4", "taken", "withdrawn", "hello", "=a", "ask  1 code since=1 until=2 profile=a",
        ])
    func malformed(line: String) { #expect(Message(line[...]) == nil) }

    @Test("what a later version adds to a line is passed over")
    func later() { #expect(Message("taken 1 colour=blue") == .taken(1)) }

    @Test("answers are understood")
    func answers() throws {
        guard let line = RemoteAnswer.code(bytes("123 456")).line(for: 7), let read = NumberedAnswer(line.trimmed()),
            read.number == 7, case .code(let code) = read.take()
        else { Issue.record("not read"); return }
        #expect(code.withUnsafeBytes { Array($0) } == Array("123 456".utf8))
        for (text, wanted) in [("yes 2", "yes"), ("no 2", "no"), ("dismiss 2", "dismiss")] {
            guard let read = NumberedAnswer(bytes(text)) else { Issue.record("\(text)"); continue }
            let verb =
                switch read.take() {
                case .yes: "yes"
                case .no: "no"
                case .dismissal: "dismiss"
                case .code: "code"
                }
            #expect(verb == wanted)
        }
    }

    @Test(
        "what is no answer is refused",
        arguments: [
            "", "yes", "yes ", "yes 0", "yes -1", "yes 1 1", "yes 99999999999999999999", "code 1", "code 123456",
            "code 1 12\u{7}", "code 1 ß", "code 1 " + String(repeating: "1", count: 65), "YES 1", " yes 1", "yes  1",
        ])
    func noAnswer(line: String) {
        let isRefused = isNone(NumberedAnswer(bytes(line)))
        #expect(isRefused)
    }

    @Test("a code that would break the line is not sent")
    func unsendable() {
        for text in ["1\nyes 1", String(repeating: "1", count: 65)] {
            let isRefused = isNone(RemoteAnswer.code(bytes(text)).line(for: 1))
            #expect(isRefused)
        }
    }
}

extension SecretBytes {
    fileprivate func trimmed() -> SecretBytes { copy(0..<count - 1) }
}
