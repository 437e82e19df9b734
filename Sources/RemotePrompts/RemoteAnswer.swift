import Prompt
import Secrets

/// What an answering user sends, one line each: `code 1 123456`, `yes 1`, `no 1`, `dismiss 1`, where the number
/// identifies the request.
public enum RemoteAnswer: ~Copyable {
    /// What the user typed for a code.
    case code(SecretBytes)
    /// Yes, to a confirmation.
    case yes
    /// No, to a confirmation.
    case no
    /// The user dismisses the request, on all channels.
    case dismissal

    /// The line, with its end; nil for a code that is not printable ASCII, or too long.
    consuming func line(for number: Int) -> SecretBytes? {
        var line = SecretBytes(capacity: 128)
        switch consume self {
        case .yes: line.append("yes \(number)")
        case .no: line.append("no \(number)")
        case .dismissal: line.append("dismiss \(number)")
        case .code(let code):
            guard code.isCodeLike else { return nil }
            line.append("code \(number) ")
            line.append(code)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}

/// A received answer to one request.
struct NumberedAnswer: ~Copyable {
    let number: Int
    let answer: RemoteAnswer

    /// Parses a line without its end; nil if it does not follow the protocol.
    init?(_ line: borrowing SecretBytes) {
        var spaces: [Int] = []
        for index in 0..<line.count where line[index] == UInt8(ascii: " ") {
            spaces.append(index)
            if spaces.count == 2 { break }
        }
        guard let first = spaces.first else { return nil }
        let end = spaces.count == 2 ? spaces[1] : line.count
        // The verb and the number are not secret; what follows them may be.
        guard let number = Int(Self.text(line, first + 1..<end)), number > 0 else { return nil }
        switch (Self.text(line, 0..<first), spaces.count) {
        case ("yes", 1): answer = .yes
        case ("no", 1): answer = .no
        case ("dismiss", 1): answer = .dismissal
        case ("code", 2):
            let code = line.copy(end + 1..<line.count)
            guard code.isCodeLike else { return nil }
            answer = .code(code)
        default: return nil
        }
        self.number = number
    }

    private static func text(_ line: borrowing SecretBytes, _ range: Range<Int>) -> String {
        guard range.count <= 16 else { return "" }
        return line.withUnsafeBytes { String(decoding: $0[range], as: UTF8.self) }
    }
}

extension SecretBytes {
    /// Whether it can end a line as a code: printable ASCII, 64 bytes at most.
    fileprivate var isCodeLike: Bool {
        guard count <= 64 else { return false }
        for index in 0..<count where !(0x20...0x7e).contains(self[index]) { return false }
        return true
    }
}

extension NumberedAnswer {
    /// The answer.
    consuming func take() -> RemoteAnswer { answer }
}
