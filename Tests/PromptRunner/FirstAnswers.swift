import Glibc
import Linux
import Prompt
import Secrets

/// A race on behalf of a profile that `ASKING_PROFILE` names; the code that `ASKING_USED` names was used already, for
/// three seconds more. With the answer goes how long the losers took to go.
extension PromptRunner {
    static func race(_ kind: String, seconds: Int64, _ places: [String]) {
        let environment = Environment.process
        let request = PromptRequest(
            kind == "code" ? .code : .confirmation, profile: environment["ASKING_PROFILE"] ?? "prod",
            device: kind == "code" ? "arn:aws:iam::1111:mfa/alice" : nil, caller: "terraform (4711) in ~/infra",
            note: environment["ASKING_NOTE"])
        let line = places.first { $0.hasPrefix("handoff=") }.map { Line(String($0.dropFirst(8))) }
        var moment = Deadline.now
        do throws(PromptError) {
            let reply = try firstAnswer(
                to: request, from: promptChannels(for: places.map(place), remote: line, in: environment),
                until: .after(milliseconds: seconds * 1000)
            ) { code in
                moment = .now
                let given = code.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                guard given == environment["ASKING_USED"] else { return nil }
                return CodeRejection("that code was used already", until: .after(milliseconds: 3000))
            }
            let taken = Deadline.now.milliseconds - moment.milliseconds
            switch consume reply {
            case .code(let code):
                print("answer \(code.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })")
                print("gone after \(taken) ms")
            case .yes: print("answer yes")
            case .no: print("answer no")
            }
        } catch { print("error \(error)") }
    }

    private static func place(_ text: String) -> PromptMethod {
        let words = text.split(separator: "=", maxSplits: 1)
        switch words[0] {
        case "terminal": return .terminal
        case "dialog": return .dialog
        case "handoff": return .remote
        default: return .pinentry(named: words.count > 1 ? String(words[1]) : nil)
        }
    }
}

/// Stands for whoever answers from elsewhere: a line that comes through a FIFO.
final class Line: PromptChannel {
    private let path: String
    private var descriptor: Int32 = -1
    private var text = ""

    init(_ path: String) { self.path = path }

    func open(_ request: PromptRequest) throws(PromptChannelError) {
        descriptor = Glibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        if descriptor < 0 { throw .unavailable("no FIFO") }
    }

    var descriptors: [Int32] { [descriptor] }
    var wakeup: Deadline? { nil }

    func proceed() throws(PromptChannelError) -> PromptAnswer? {
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1 {
            guard byte == UInt8(ascii: "\n") else {
                text.unicodeScalars.append(Unicode.Scalar(byte))
                continue
            }
            defer { text = "" }
            if text == "no" { throw .dismissed }
            var code = SecretBytes(capacity: 64)
            code.append(text)
            return .code(code)
        }
        return nil
    }

    func reject(_ note: String, until moment: Deadline?) {}

    func withdraw() {
        close(descriptor)
        descriptor = -1
    }
}
